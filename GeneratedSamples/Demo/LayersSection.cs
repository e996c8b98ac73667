using KernelGen.Execution;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.Tensors;
using Spectre.Console;

namespace KernelGen.Samples.Demo;

/// <summary>The first part of the demo: every layer planned, run, checked and timed.</summary>
internal static class LayersSection
{
    private const int CheckedRows = 64;

    /// <summary>Runs the layers and writes the table.</summary>
    /// <returns>Every layer is within its error bound.</returns>
    public static bool Write(CommandConsole console, AttentionHost host)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in (string[])["layer", "kernel"])
            table.AddColumn(new TableColumn(heading).NoWrap().PadLeft(0).PadRight(0));
        foreach (string heading in (string[])["slices", "workspace", "all scores", "ms", "GFLOP/s", "error"])
            table.AddColumn(new TableColumn(heading).NoWrap().RightAligned().PadLeft(1).PadRight(0));

        bool passed = true;
        foreach (DemoLayer layer in DemoLayer.StableDiffusion15())
        {
            AttentionShape shape = layer.Shape;
            ISliceAttention attention = layer.Model.Create(host);
            SlicePlan plan = attention.Plan<Half>(shape);
            DemoTensors tensors = DemoTensors.For(shape);
            Half[] output = new Half[shape.QueryElements];
            RunReport report = DemoRun.Run(console, layer.Name, attention, plan, tensors, output);
            SampledCheck check =
                SampledCheck.Compare<Half>(shape, tensors.Query, tensors.Key, tensors.Value, output, AttentionOptions.Default, CheckedRows);
            passed &= check.Passed && report.NonFiniteRows == 0;
            table.AddRow(
                layer.Name,
                plan.Variant.Id,
                Invariant($"{plan.SliceCount}"),
                ByteText.Format(report.WorkspaceBytes),
                ByteText.Format(shape.ScoreElements * ElementType.Float16.SizeInBytes()),
                Invariant($"{report.Elapsed.TotalMilliseconds:0.0}"),
                Invariant($"{shape.FloatingPointOperations / report.Elapsed.TotalSeconds / 1e9:0}"),
                Invariant($"{check.RelativeError:0.0e+0}"));
        }

        console.Write(table);
        string verdict = passed ? "all are" : "NOT ALL ARE";
        double bound = SampledCheck.BoundFor(ElementType.Float16);
        console.Output.WriteLine(Invariant(
            $"error: relative to float64, over {CheckedRows} rows of each layer; {verdict} within the bound {bound:0.0e+0} of f16"));
        console.Output.WriteLine("all scores: the full score matrix in f16; workspace: what the run took, as planned");
        return passed;
    }
}
