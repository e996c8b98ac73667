using System.Text;

namespace KernelGen.Lab.Sass;

/// <summary>The mainloops of several functions, for people to read.</summary>
/// <param name="functions">The functions, and their mainloops where they have one.</param>
public sealed class MainloopTable(IReadOnlyList<(SassFunction Function, Mainloop? Mainloop)> functions)
{
    private static readonly string[] _columns =
    [
        "entry", "cc", "instr", "loop", "path", "products", .. Enum.GetValues<ExecutionUnit>().Select(Name),
        "bound", "tensor share", "waits", "beside", "R2UR", "local",
    ];

    /// <summary>A row for each function.</summary>
    public IReadOnlyList<MainloopRow> Rows { get; } = [.. functions.Select(pair => MainloopRow.Of(pair.Function, pair.Mainloop))];

    /// <summary>The table.</summary>
    public string ToMarkdown()
    {
        StringBuilder text = new();
        text.Append(Line(_columns));
        text.Append(Line(_columns.Select(_ => "---")));
        foreach (MainloopRow row in Rows)
            text.Append(Line(Cells(row)));

        return text.ToString();
    }

    /// <summary>The instruction kinds of each hot path, most frequent first.</summary>
    public string Details()
    {
        StringBuilder text = new();
        foreach ((SassFunction function, Mainloop? mainloop) in functions)
        {
            if (mainloop is not null)
            {
                IEnumerable<string> counts = mainloop.Counts.Select(count => Invariant($"{count.Key} {count.Value}"));
                text.Append(Invariant($"\n{function.Name}: {string.Join(", ", counts)}\n"));
            }
        }

        return text.ToString();
    }

    /// <summary>The hot paths, an instruction a line.</summary>
    public string Listing()
    {
        StringBuilder text = new();
        foreach ((SassFunction function, Mainloop? mainloop) in functions)
        {
            if (mainloop is not null)
                text.Append(Invariant($"\n{function.Name}:\n")).AppendJoin("", mainloop.Path.Select(instruction => instruction + "\n"));
        }

        return text.ToString();
    }

    private static IEnumerable<string> Cells(MainloopRow row)
    {
        if (row.PathInstructions is null)
        {
            return
            [
                row.Entry, Number(row.ComputeCapability), Number(row.Instructions), "no loop",
                .. Enumerable.Repeat("", _columns.Length - 5), Invariant($"/{row.LocalAccesses}"),
            ];
        }

        return
        [
            row.Entry, Number(row.ComputeCapability), Number(row.Instructions),
            Number(row.LoopInstructions), Number(row.PathInstructions), Number(row.Products),
            .. row.Clocks!.Values.Select(clocks => Invariant($"{clocks:0.#}")),
            Name(row.Bound!.Value), Invariant($"{row.TensorShare!.Value:0.000}"), Number(row.ProductWaits),
            Invariant($"{row.FloatsBesideProducts}/{row.FloatInstructions}"), Number(row.MovesToUniform),
            Invariant($"{row.PathLocalAccesses}/{row.LocalAccesses}"),
        ];
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";

    private static string Name(ExecutionUnit unit) => unit.ToString().ToLowerInvariant();

    private static string Number(int? number) => Invariant($"{number}");
}
