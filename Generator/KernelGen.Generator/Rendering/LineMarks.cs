using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KernelGen.Generator.Rendering;

/// <summary>
/// Marks the lines that a rendering takes from files of the user's, and makes <c>#line</c> of the marks: what the compiler finds in them
/// is reported at the file's line.
/// </summary>
internal sealed class LineMarks(Func<string, string?> pathOf)
{
    // No text has this character: it is defined to be none.
    private const string Bound = "\uFFFF";
    private static readonly Regex _mark = new($"{Bound}([0-9]{{1,9}}):([0-9]{{1,9}}){Bound}");
    private static readonly Regex _lineStart = new(@"^(?!\z)", RegexOptions.Multiline); // What follows the last line end is another's.
    private readonly List<string> _paths = [];

    /// <summary>Part of a template that begins in a line of it, counted from 1; as it is when the template is no file.</summary>
    public string Mark(string templateName, int line, string text)
    {
        // What cannot stand in a directive stays unmapped.
        if (pathOf(templateName) is not { Length: > 0 } path || path.IndexOfAny(['"', '\n', '\r']) >= 0)
            return text;
        if (!_paths.Contains(path))
            _paths.Add(path);

        return _lineStart.Replace(text, _ => Invariant($"{Bound}{_paths.IndexOf(path)}:{line++}{Bound}"));
    }

    /// <summary>The text without marks, and with directives where a line is not the next one of the same file.</summary>
    public string ToDirectives(string text)
    {
        StringBuilder result = new();
        (string? Path, int Line) next = default;
        foreach (string line in text.Split('\n'))
        {
            GroupCollection mark = _mark.Match(line).Groups;
            (string? Path, int Line) place = mark[0].Success && _paths.ElementAtOrDefault(Number(mark[1])) is { } path
                ? (path, Number(mark[2]))
                : default;
            if (place != next)
                result.Append(place.Path is null ? "#line default\n" : Invariant($"#line {place.Line} \"{place.Path}\"\n"));
            next = place.Path is null ? default : (place.Path, place.Line + 1);
            result.Append(_mark.Replace(line, "")).Append('\n');
        }

        return result.Append(next.Path is null ? "" : "#line default\n").ToString();
    }

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);
}
