using System.Globalization;
using System.Text;

namespace KernelGen.Lab.CpuPeers;

/// <summary>
/// Writes a comparison into a file for people: a section for each machine, with losses first. What else is in the file stays.
/// </summary>
internal static class ComparisonMarkdown
{
    private const string Heading = "## ";

    /// <summary>The title of a report's section: results of one kind of machine replace each other.</summary>
    public static string TitleOf(ComparisonReport report) => $"{report.Processor}, {report.VectorPath}";

    /// <summary>Puts a report into a text in place of the section of the same machine, or at the end.</summary>
    /// <param name="text">The text; may be empty.</param>
    public static string Put(string text, ComparisonReport report)
    {
        string title = Heading + TitleOf(report);
        List<string> lines = [.. text.TrimEnd().Split('\n')];
        int from = lines.IndexOf(title);
        int end = from < 0 ? -1 : lines.FindIndex(from + 1, line => line.StartsWith(Heading, StringComparison.Ordinal));
        string section = Section(report);
        if (from < 0)
            return string.Join('\n', [.. lines, "", section]).TrimStart('\n');

        IEnumerable<string> after = end < 0 ? [] : lines.Skip(end);
        return string.Join('\n', [.. lines.Take(from), section, .. after]).TrimEnd('\n') + "\n";
    }

    private static string Section(ComparisonReport report)
    {
        StringBuilder text = new();
        Line($"{Heading}{TitleOf(report)}");
        Line("");
        Line($"{report.Date}, {report.Processors} processor{(report.Processors == 1 ? "" : "s")}, .NET {report.Runtime}, "
            + $"KernelGen {report.Version}; {string.Join(", ", report.Libraries.Select(library => $"{library.Key} {library.Value}"))}."
            + LoadOf(report.Rows));
        Line("");
        ComparedRow[] compared = [.. report.Rows.Where(row => row.Ratio is not null)];
        ComparedRow[] losses = [.. compared.Where(row => row.Ratio < 1).OrderBy(row => row.Ratio)];
        Line($"**{losses.Length} of {compared.Length} rows are lost**, slower than the fastest peer"
            + (losses.Length == 0 ? "." : ":"));
        if (losses.Length > 0)
        {
            Line("");
            Line("| call | type | threads | ratio | fastest peer | of peak | of the streaming read |");
            Line("|---|---|---|---|---|---|---|");
            foreach (ComparedRow row in losses)
            {
                Line($"| {row.Name} | {row.Dtype} | {row.Threads} | {Ratio(row.Ratio)} | {row.Peer} | {Percent(Peak(row))} | "
                    + $"{Percent(row.ReadFraction)} |");
            }
        }

        foreach (IGrouping<(string Dtype, int Threads), ComparedRow> group in report.Rows.GroupBy(row => (row.Dtype, row.Threads)))
            Table(group.Key.Dtype, group.Key.Threads, [.. group]);
        return text.ToString();

        void Table(string dtype, int threads, ComparedRow[] rows)
        {
            string[] peers = [.. rows.SelectMany(row => row.Peers).Where(peer => peer.Ms is not null).Select(peer => peer.Name).Distinct()];
            double[] ratios = [.. rows.Where(row => row.Ratio > 0).Select(row => row.Ratio!.Value)];
            string mean = ratios.Length == 0
                ? ""
                : Invariant($"; geometric mean of the ratios {Math.Exp(ratios.Average(Math.Log)):0.00}");
            Line("");
            Line($"### {dtype}, {threads} thread{(threads == 1 ? "" : "s")}{mean}");
            Line("");
            Line($"| call | ms | of peak | of the streaming read | **ratio** | {string.Join(" | ", peers)} | error, fastest peer's | "
                + "MiB, fastest peer's |");
            Line($"|---|---|---|---|---|{string.Concat(Enumerable.Repeat("---|", peers.Length))}---|---|");
            foreach (ComparedRow row in rows)
            {
                IEnumerable<string> cells = peers.Select(
                    name => row.Peers.FirstOrDefault(peer => peer.Name == name) is { Ratio: { } ratio } peer
                        ? Ratio(ratio) + (peer.Reason is null ? "" : " (wrong)")
                        : "-");
                Line($"| {row.Name} | {Number(row.Ms, "G4")} | {Percent(Peak(row))} | {Percent(row.ReadFraction)} | "
                    + $"**{Ratio(row.Ratio)}** | {string.Join(" | ", cells)} | {Number(row.Error, "0.0e-0")}"
                    + $"{(row.IsRight ? "" : " (wrong)")}, {Number(row.PeerError, "0.0e-0")} | {Mebibytes(row.MemoryBytes)}, "
                    + $"{Mebibytes(row.PeerMemoryBytes)} |");
            }
        }

        void Line(string line) => text.Append(line).Append('\n');
    }

    // At few queries a share of the multiply-add peak says nothing.
    private static double? Peak(ComparedRow row) => row.ReadFraction is null ? row.PeakFraction : null;

    private static string LoadOf(IReadOnlyList<ComparedRow> rows)
    {
        double[] loads = [.. rows.Where(row => row.Load is not null).Select(row => row.Load!.Value)];
        return loads.Length == 0
            ? ""
            : Invariant($" Load of the machine {loads.Min():0.0} to {loads.Max():0.0}.");
    }

    private static string Ratio(double? ratio) => Number(ratio, "0.00");

    private static string Percent(double? share) => Number(share, "0 %");

    private static string Mebibytes(long? bytes) => Number(bytes / 1048576.0, "0.0");

    private static string Number(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
