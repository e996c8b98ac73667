namespace KernelGen.Generator.Rendering;

/// <summary>The names that a model may use.</summary>
internal static class TemplateNames
{
    // Scriban's statement keywords, its literals and the objects and functions that its default context brings.
    // A model that used one of them would mean something else there.
    private static readonly HashSet<string> _reserved = new(StringComparer.Ordinal)
    {
        "if", "else", "end", "for", "in", "case", "when", "while", "break", "continue", "func", "import", "readonly",
        "with", "capture", "ret", "wrap", "do", "tablerow", "include", "include_join", "true", "false", "null", "this",
        "empty", "blank", "array", "date", "html", "math", "object", "regex", "string", "timespan",
    };

    /// <summary>True when Scriban gives the name a meaning of its own.</summary>
    public static bool IsReserved(string name) => _reserved.Contains(name);

    /// <summary>True when the name has only lower-case ASCII letters, digits and underscores, and does not start with a digit.</summary>
    public static bool IsSnakeCase(string name) =>
        name.Length > 0 && !char.IsDigit(name[0]) && name.All(static c => c is (>= 'a' and <= 'z') or '_' or (>= '0' and <= '9'));
}
