namespace KernelGen.Generator.Emission;

/// <summary>Writes text as a UTF-8 raw string literal: static data of the assembly, readable in the generated file.</summary>
internal static class Utf8Literal
{
    /// <summary>Writes a property that gives the text.</summary>
    public static void WriteProperty(SourceWriter writer, string name, string text)
    {
        string quotes = "\"\"\"";
        while (text.Contains(quotes))
            quotes += '"';
        writer.Lines($"public static global::System.ReadOnlySpan<byte> {name} =>");
        writer.Verbatim(quotes + "\n" + text.TrimEnd('\n') + "\n\n" + quotes + "u8;\n");
    }
}
