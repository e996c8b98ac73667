namespace KernelGen.Generator.Emission;

internal static class CSharpText
{
    /// <summary>An object initializer, after a space; nothing without assignments.</summary>
    public static string Initializer(IEnumerable<string> assignments)
    {
        string content = string.Join(", ", assignments);
        return content.Length == 0 ? "" : $" {{ {content} }}";
    }
}
