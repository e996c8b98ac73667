using System;
using System.Collections.Generic;

namespace KernelGen.Generator.Rendering;

/// <summary>Which names a template and its model may use.</summary>
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

    /// <summary>Whether Scriban gives the name a meaning of its own.</summary>
    public static bool IsReserved(string name) => _reserved.Contains(name);

    /// <summary>Whether the name has only lower-case ASCII letters, digits and underscores, and does not start with a digit.</summary>
    public static bool IsSnakeCase(string name)
    {
        if (string.IsNullOrEmpty(name) || IsDigit(name[0]))
            return false;
        foreach (char c in name)
        {
            if (!(c is >= 'a' and <= 'z' or '_') && !IsDigit(c))
                return false;
        }

        return true;
    }

    /// <summary>Whether a name in a template may start with the character.</summary>
    public static bool IsNameStart(char c) => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or '_';

    /// <summary>Whether a name in a template may go on with the character.</summary>
    public static bool IsNamePart(char c) => IsNameStart(c) || IsDigit(c);

    /// <summary>Whether the character is one of 0 to 9.</summary>
    public static bool IsDigit(char c) => c is >= '0' and <= '9';
}
