using System.Runtime.InteropServices;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Samples.Models;
using KernelGen.Tensors;
using Spectre.Console;

namespace KernelGen.Samples.Demo;

/// <summary>
/// The second part of the demo: one layer in less and less memory, by exact footprints and by the rule of an existing system.
/// </summary>
internal static class SmallMemorySection
{
    private const long MiB = 1L << 20;

    private static readonly (long FreeBytes, string Policy, KernelFamily Family)[] Cases =
    [
        (1024 * MiB, "exact", KernelFamily.Streaming),
        (16 * MiB, "exact", KernelFamily.Streaming),
        (1024 * MiB, "exact", KernelFamily.Materialized),
        (16 * MiB, "exact", KernelFamily.Materialized),
        (64 * MiB, "doggettx", KernelFamily.Materialized),
        (16 * MiB, "doggettx", KernelFamily.Materialized),
    ];

    /// <summary>Runs the plans and writes the table.</summary>
    /// <returns>Every plan of a family gave the same bits.</returns>
    public static bool Write(CommandConsole console)
    {
        AttentionShape shape = DemoLayer.StableDiffusion15()[0].Shape;
        DemoTensors tensors = DemoTensors.For(shape);
        Dictionary<KernelFamily, Half[]> first = [];
        List<string> refusals = [];
        bool same = true;

        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in (string[])["free", "policy", "kernel"])
            table.AddColumn(new TableColumn(heading).NoWrap().PadLeft(0).PadRight(0));
        foreach (string heading in (string[])["slices", "heads x rows", "workspace", "ms", "same bits"])
            table.AddColumn(new TableColumn(heading).NoWrap().RightAligned().PadLeft(0).PadRight(0));

        foreach ((long freeBytes, string policy, KernelFamily family) in Cases)
        {
            using AttentionHost host = AttentionHost.CreateDefault(new() { FreeBytes = freeBytes });
            StableDiffusion15Attention attention = new(host);
            try
            {
                SlicePlan plan = attention.Plan<Half>(shape, new() { Policy = policy, Family = family });
                Half[] output = new Half[shape.QueryElements];
                RunReport report = DemoRun.Run(console, $"{policy}, {ByteText.Format(freeBytes)}", attention, plan, tensors, output);
                bool isFirst = first.TryAdd(family, output);
                bool equal = MemoryMarshal.AsBytes<Half>(output).SequenceEqual(MemoryMarshal.AsBytes<Half>(first[family]));
                same &= equal;
                table.AddRow(
                    ByteText.Format(freeBytes),
                    policy,
                    plan.Variant.Id,
                    Invariant($"{plan.SliceCount}"),
                    Invariant($"{plan.HeadsPerSlice} x {plan.RowsPerSlice}"),
                    ByteText.Format(report.WorkspaceBytes),
                    Invariant($"{report.Elapsed.TotalMilliseconds:0.0}"),
                    isFirst ? "first" : equal ? "yes" : "NO");
            }
            catch (AttentionMemoryException exception)
            {
                table.AddRow(ByteText.Format(freeBytes), policy, "none, see below", "", "", "", "", "");
                refusals.Add($"{policy} gives up in {ByteText.Format(freeBytes)}: \"{exception.Message}\"");
            }
        }

        console.Write(table);
        foreach (string refusal in refusals)
            console.Output.WriteLine(refusal);
        console.Output.WriteLine("same bits: the output compared with that of the first run of the same family, bit by bit;");
        console.Output.WriteLine(same ? "how a call is sliced does not show in its result." : "ERROR: it differs.");
        return same;
    }
}
