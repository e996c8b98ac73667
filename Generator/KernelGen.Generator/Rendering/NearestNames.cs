namespace KernelGen.Generator.Rendering;

/// <summary>Finds what somebody who mistyped a name may have meant.</summary>
internal static class NearestNames
{
    private const int Shown = 3;
    private const int All = 4 * Shown;

    // Longer ones are no typing errors, and the distance takes the product of the lengths.
    private const int LongestName = 128;

    /// <summary>The end of a message: the nearest of the known names, or all when there are few.</summary>
    public static string Suggest(string name, IEnumerable<string> known)
    {
        string[] names = [.. known.Where(static name => name.Length > 0).Distinct().OrderBy(static name => name, StringComparer.Ordinal)];
        if (names.Length == 0)
            return "; there are no known names";
        if (names.Length <= All)
            return $"; known names: {string.Join(", ", names)}";
        return $"; nearest known names: {string.Join(", ", Of(name, names))}";
    }

    public static IEnumerable<string> Of(string name, IEnumerable<string> known) => known
        .OrderBy(candidate => Distance(name, candidate))
        .ThenBy(static candidate => candidate, StringComparer.Ordinal)
        .Take(Shown);

    // Letters to insert, delete or replace.
    private static int Distance(string from, string to)
    {
        if (from.Length > LongestName || to.Length > LongestName)
            return int.MaxValue;
        int[] previous = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int[] current = new int[to.Length + 1];
            current[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = previous[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[to.Length];
    }
}
