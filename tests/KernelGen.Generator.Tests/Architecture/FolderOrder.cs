using System.Text.RegularExpressions;

namespace KernelGen.Generator.Tests.Architecture;

/// <summary>The table of folders in the documentation: rows may use those above them.</summary>
internal sealed partial class FolderOrder
{
    // What "..." stands for in the table.
    private const string Generator = "Generator/KernelGen.Generator";

    private readonly List<(string Path, int Row)> _places = [];

    private FolderOrder()
    {
    }

    /// <summary>Reads the table.</summary>
    public static FolderOrder Read()
    {
        FolderOrder order = new();
        int row = 0;
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "docs/03-architecture.md"))
            .SkipWhile(static line => !line.StartsWith("| folder |", StringComparison.Ordinal))
            .TakeWhile(static line => line.StartsWith('|')))
        {
            foreach (Match place in Code().Matches(line.Split('|')[1]))
            {
                string path = place.Groups["path"].Value.Replace("...", Generator, StringComparison.Ordinal);
                order._places.Add((path, row));
            }

            row++;
        }

        return order;
    }

    /// <summary>The row of a file: that of the longest path which it begins with.</summary>
    public int RowOf(string file) => _places
        .Where(place => file.StartsWith(place.Path, StringComparison.Ordinal))
        .OrderByDescending(static place => place.Path.Length)
        .Select(static place => (int?)place.Row)
        .FirstOrDefault() ?? throw new AssertFailedException($"The table of folders has no row for {file}.");

    [GeneratedRegex("`(?<path>[^`]+)`")]
    private static partial Regex Code();
}
