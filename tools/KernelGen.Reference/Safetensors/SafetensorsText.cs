using System.Globalization;
using System.Text;

namespace KernelGen.Reference.Safetensors;

/// <summary>
/// Makes text out of a file fit for a message: a name in a hostile header may hold line breaks or terminal escapes, or be megabytes long.
/// </summary>
public static class SafetensorsText
{
    private const int LongestName = 60;

    /// <summary>A name in quotes, with control characters replaced and cut at 60 characters.</summary>
    public static string Quote(string name)
    {
        StringBuilder text = new("'");
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (text.Length > LongestName)
                return text.Append("...'").ToString();
            bool printable = Rune.GetUnicodeCategory(rune) is not (
                UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or
                UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
            text.Append(printable ? rune.ToString() : "?");
        }

        return text.Append('\'').ToString();
    }

    /// <summary>A shape such as <c>[2, 8, 4096, 40]</c>, cut after 16 axes.</summary>
    public static string Shape(IReadOnlyList<long> shape)
    {
        IEnumerable<string> axes = shape.Take(16).Select(axis => Invariant($"{axis}"));
        return $"[{string.Join(", ", axes)}{(shape.Count > 16 ? ", ..." : "")}]";
    }
}
