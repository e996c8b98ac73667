using System.Globalization;
using System.Text;

namespace KernelGen.Cuda.Compilation;

/// <summary>A compiler's log with the source lines that it names: the files that it names are nowhere on disk.</summary>
internal static class CompileLog
{
    private const int MaxLines = 5;

    /// <summary>Appends the lines that the log names as <c>file(line)</c> or <c>file:line</c>.</summary>
    /// <param name="log">The log.</param>
    /// <param name="sources">The files that were compiled, by name.</param>
    public static string WithSourceLines(string log, IEnumerable<(string Name, string Text)> sources)
    {
        StringBuilder result = new(log);
        foreach ((string name, string text) in sources)
        {
            string[]? lines = null;
            foreach (int number in LinesNamed(log, name).Distinct().Take(MaxLines))
            {
                lines ??= text.Split('\n');
                if (number >= 1 && number <= lines.Length)
                {
                    result.Append(Invariant($"\n{name}, line {number}: {lines[number - 1].Trim()}"));
                }
            }
        }

        return result.ToString();
    }

    private static IEnumerable<int> LinesNamed(string log, string name)
    {
        for (int at = log.IndexOf(name, StringComparison.Ordinal); at >= 0; at = log.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            ReadOnlySpan<char> rest = log.AsSpan(at + name.Length);
            if (rest.Length > 0 && rest[0] is '(' or ':')
            {
                int digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
                if (int.TryParse(
                    digits < 0 ? rest[1..] : rest.Slice(1, digits), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                {
                    yield return number;
                }
            }
        }
    }
}
