using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;

namespace KernelGen.CommandLine.Compilation;

/// <summary>
/// What a compiler made of every entry point, as a file that is committed, so that a change shows as a diff: registers, spills, stack and
/// findings for each architecture. Seconds are not in it: they differ from run to run.
/// </summary>
/// <param name="compiler">The compiler and its version: numbers of another one cannot be compared with these.</param>
internal sealed partial class RegisterTable(string compiler)
{
    /// <summary>Cells by entry point and column; columns are compute capabilities.</summary>
    private readonly Dictionary<(RegisterRow Row, string Column), string> _cells = [];

    /// <summary>The compiler and its version.</summary>
    public string Compiler { get; } = compiler;

    /// <summary>Reads a table that <see cref="ToMarkdown"/> wrote.</summary>
    /// <param name="text">The file.</param>
    /// <exception cref="InputException">It is no such file.</exception>
    public static RegisterTable Parse(string text)
    {
        Match compiler = CompilerLine().Match(text);
        if (!compiler.Success)
            throw new InputException("This is no table of registers: it names no compiler.");

        RegisterTable table = new(compiler.Groups[1].Value);
        string[] columns = [];
        foreach (string line in text.Split('\n').Where(line => line.StartsWith('|')))
        {
            string[] cells = [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
            if (cells is ["entry point", "masks", ..])
            {
                columns = cells[2..];
                continue;
            }

            if (cells[0].StartsWith('-'))
                continue;

            if (cells.Length != columns.Length + 2)
                throw new InputException($"The table of registers has a row that does not go with its columns: {line}");

            foreach (RegisterRow row in RegisterRowGroup.Parse(cells[0], cells[1]).Rows)
            {
                foreach ((string column, string cell) in columns.Zip(cells.Skip(2)).Where(pair => pair.Second.Length > 0))
                    table._cells[(row, column)] = cell;
            }
        }

        return table;
    }

    /// <summary>Puts results in the place of what the table has of the same kernels, architectures and masks.</summary>
    public void Replace(IEnumerable<KernelCompilation> results)
    {
        foreach ((RegisterRow row, string column, string cell) in results.SelectMany(CellsOf))
            _cells[(row, column)] = cell;
    }

    /// <summary>Drops rows of kernels that there are no longer.</summary>
    /// <param name="kernels">Every kernel that there is.</param>
    public void Keep(IEnumerable<KernelVariant> kernels)
    {
        HashSet<string> entries = EntryPoints(kernels);
        foreach ((RegisterRow Row, string Column) key in _cells.Keys.Where(key => !entries.Contains(key.Row.EntryPoint)).ToArray())
            _cells.Remove(key);
    }

    /// <summary>The differences between results and the table, a line each.</summary>
    /// <param name="kernels">Every kernel that there is; rows of others are differences too.</param>
    public IReadOnlyList<string> Differences(IEnumerable<KernelCompilation> results, IEnumerable<KernelVariant> kernels)
    {
        HashSet<string> entries = EntryPoints(kernels);
        return
        [
            .. from cell in results.SelectMany(CellsOf)
               let known = _cells.GetValueOrDefault((cell.Row, cell.Column), "nothing")
               where known != cell.Text
               select $"{cell.Row}, {cell.Column}: the table has '{known}', the compiler made '{cell.Text}'",
            .. _cells.Keys.Select(key => key.Row.EntryPoint).Where(entry => !entries.Contains(entry)).Distinct()
                .Select(entry => $"{entry}: the table has it, but there is no such kernel"),
        ];
    }

    /// <summary>The file.</summary>
    public string ToMarkdown()
    {
        StringBuilder text = new();
        text.Append(Invariant($"# Registers\n\nWhat {Compiler} makes of kernels of the sample's classes."));
        text.Append(
        """
         `kernels --compile --table FILE` writes this file, and
        `kernels --compile --against FILE` compares with it, so that a change of any number shows in review.

        A cell has the registers of a thread and, where there are any, `spill` bytes of registers stored/loaded, bytes of `stack`, and the
        assembler's findings by their codes. `masks` are those that the kernel is compiled for: `none`, `general` (Boolean and additive), or
        `both` where the numbers are the same. Names in braces stand for several kernels with the same numbers. What is not here was not
        compiled yet: a run adds what it compiles and keeps the rest.

        """.ReplaceLineEndings("\n"));
        foreach (var target in _cells.Keys.GroupBy(key => key.Row.Target).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            string[] columns = [.. target.Select(key => key.Column).Distinct().OrderBy(ColumnOrder)];
            text.Append(Invariant($"\n## {target.Key}\n\n"));
            text.Append(Line(["entry point", "masks", .. columns]));
            text.Append(Line(["---", "---", .. columns.Select(_ => "---")]));
            foreach (var (group, cells) in Groups(target.Select(key => key.Row).Distinct(), columns))
                text.Append(Line([group.Name, group.Masks, .. cells]));
        }

        return text.ToString();
    }

    private static HashSet<string> EntryPoints(IEnumerable<KernelVariant> kernels) =>
        [.. kernels.SelectMany(kernel => kernel.Cuda?.Stages ?? []).Select(stage => stage.EntryPoint)];

    private static IEnumerable<(RegisterRow Row, string Column, string Text)> CellsOf(KernelCompilation result)
    {
        string column = result.Request.Architecture.ComputeCapabilityText;
        string masks = result.Request.Kernel.Specialization.MaskName;
        if (result.Fault is not null)
        {
            foreach (CudaStage stage in result.Request.Kernel.Variant.Cuda!.Stages)
                yield return (RegisterRow.Of(stage.EntryPoint, masks), column, "refused");
        }

        foreach (CompiledEntry entry in result.Entries)
            yield return (RegisterRow.Of(entry.EntryPoint, masks), column, CellOf(entry));
    }

    private static string CellOf(CompiledEntry entry)
    {
        StringBuilder text = new();
        text.Append(Invariant($"{entry.Registers}"));
        if (entry.SpillStoreBytes + entry.SpillLoadBytes > 0)
            text.Append(Invariant($" spill {entry.SpillStoreBytes}/{entry.SpillLoadBytes}"));

        if (entry.StackBytes > 0)
            text.Append(Invariant($" stack {entry.StackBytes}"));

        foreach (string finding in entry.Findings.Order(StringComparer.Ordinal))
            text.Append(' ').Append(finding);

        return text.ToString();
    }

    private static int ColumnOrder(string column) =>
        int.Parse(column.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";

    /// <summary>Rows with the same numbers in one: first those of several slice sizes, then element types, then masks.</summary>
    private IEnumerable<(RegisterRowGroup Group, string[] Cells)> Groups(IEnumerable<RegisterRow> rows, string[] columns)
    {
        IEnumerable<(RegisterRowGroup Group, string[] Cells)> groups = rows.Select(
            row => (RegisterRowGroup.Of(row), columns.Select(column => _cells.GetValueOrDefault((row, column), "")).ToArray()));
        foreach (Func<RegisterRowGroup, RegisterRowGroup> without in RegisterRowGroup.Dimensions)
        {
            groups =
            [
                .. groups.GroupBy(pair => (Key: without(pair.Group).ToString(), Cells: string.Join('|', pair.Cells)))
                    .Select(same => (RegisterRowGroup.Union(same.Select(pair => pair.Group)), same.First().Cells)),
            ];
        }

        return groups.OrderBy(pair => pair.Group);
    }

    [GeneratedRegex(@"^What (\w+ [\d.]+) makes", RegexOptions.Multiline)]
    private static partial Regex CompilerLine();
}
