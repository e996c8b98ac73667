
namespace KernelGen.Lab.Probes;

/// <summary>A product whose B runs across rows, with a last panel in part.</summary>
internal static class ProductLayoutProbe
{
    private static readonly (int Columns, int Panel)[] WholePanels = [(64, 64), (128, 64), (80, 16), (160, 32), (48, 16)];
    private static readonly (int Columns, int Panel)[] PartialPanels =
        [(40, 64), (80, 64), (160, 64), (48, 64), (96, 64), (40, 16), (40, 32), (80, 32)];

    /// <summary>Cases that the documentation covers: they show that the probe itself is right.</summary>
    public static void Whole(ProbeTable table, ProbeDevice device)
    {
        foreach ((int columns, int panel) in device.IsSmoke ? WholePanels[..2] : WholePanels)
            Compare(table, device, columns, panel);
        if (table.Rows.Any(row => !row["right"]!.GetValue<bool>()))
            table.Failures.Add("a documented layout gives a wrong product: the probe, or what the kernels rest on, is wrong");
    }

    /// <summary>Cases that it does not. Each may end in an error, so that each needs a GPU of its own.</summary>
    public static IEnumerable<Action<ProbeTable, ProbeDevice>> Partial(bool smoke) =>
        (smoke ? PartialPanels[..1] : PartialPanels).Select(layout => (Action<ProbeTable, ProbeDevice>)((table, device) =>
        {
            bool right = Compare(table, device, layout.Columns, layout.Panel);
            table.Answers.Add(Invariant($"{layout.Columns} columns in panels of {layout.Panel}: {(right ? "right" : "wrong")}"));
        }));

    private static bool Compare(ProbeTable table, ProbeDevice device, int columns, int panel)
    {
        ProbeLaunch launch = new("product_layout.cu", "probe_product_layout", 128, 8192, ("PROBE_COLUMNS", columns), ("PROBE_PANEL", panel))
        {
            Columns = columns,
        };
        float[] sums = device.Run<float>(launch, 64 * columns);
        int wrong = 0, firstWrongColumn = -1;
        double largest = 0;
        for (int i = 0; i < sums.Length; i++)
        {
            double difference = Math.Abs(sums[i] - Expected(i / columns, i % columns));
            if (!(difference == 0))
            {
                wrong++;
                firstWrongColumn = firstWrongColumn < 0 ? i % columns : Math.Min(firstWrongColumn, i % columns);
                largest = double.IsNaN(difference) ? double.MaxValue : Math.Max(largest, difference);
            }
        }

        table.Rows.Add(new()
        {
            ["columns"] =
                columns, ["panel"] = panel, ["right"] = wrong == 0, ["wrong_elements"] = wrong, ["first_wrong_column"] = firstWrongColumn,
            ["largest_difference"] = largest,
        });
        return wrong == 0;
    }

    // As the kernel computes its elements; all of it is exact.
    private static double Expected(int row, int column)
    {
        double sum = 0;
        for (int k = 0; k < 16; k++)
            sum += ((((3 * row) + (5 * k)) % 7) - 3) * ((((7 * k) + (11 * column)) % 13) - 6);
        return sum;
    }
}
