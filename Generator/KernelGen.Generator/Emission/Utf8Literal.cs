using System;

namespace KernelGen.Generator.Emission;

/// <summary>Writes text as a UTF-8 raw string literal: static data of the assembly, readable in the generated file.</summary>
internal static class Utf8Literal
{
    /// <summary>Writes a property that gives the text.</summary>
    /// <param name="writer">The writer, inside a class.</param>
    /// <param name="name">The property's name.</param>
    /// <param name="text">The text; it may hold runs of quotes.</param>
    public static void WriteProperty(SourceWriter writer, string name, string text)
    {
        string quotes = new('"', Math.Max(3, LongestRunOfQuotes(text) + 1));
        writer.Lines($"public static global::System.ReadOnlySpan<byte> {name} =>");
        writer.Verbatim(quotes + "\n" + text.TrimEnd('\n') + "\n\n" + quotes + "u8;\n");
    }

    private static int LongestRunOfQuotes(string text)
    {
        int longest = 0;
        int run = 0;
        foreach (char character in text)
        {
            run = character == '"' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
