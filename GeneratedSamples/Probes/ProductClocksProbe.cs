using static System.FormattableString;

namespace KernelGen.Samples.Probes;

/// <summary>Clocks of a product of a warpgroup.</summary>
internal static class ProductClocksProbe
{
    private const int ProductsOfARound = 8;

    private static readonly int[] Columns = [16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];

    public static void Run(ProbeTable table, ProbeDevice device)
    {
        foreach (int columns in device.IsSmoke ? [40] : Columns)
        {
            foreach (int warpgroups in device.IsSmoke ? [2] : (int[])[1, 2, 3])
            {
                foreach ((string operand, string entryPoint) in (ReadOnlySpan<(string, string)>)[("shared", "probe_shared_products"), ("registers", "probe_register_products")])
                    Measure(table, device, columns, warpgroups, operand, entryPoint);
            }
        }

        foreach (var row in table.Rows.Where(row => row["warpgroups"]!.GetValue<int>() == 2 && row["ratio"]!.GetValue<double>() > 1.1))
            table.Answers.Add(Invariant($"{row["columns"]} columns, A from {row["a"]}: {row["ratio"]!.GetValue<double>():0.00} of the model"));
    }

    private static void Measure(ProbeTable table, ProbeDevice device, int columns, int warpgroups, string operand, string entryPoint)
    {
        long rounds = device.Rounds(256);
        ProbeLaunch launch = new(
            "product_clocks.cu", entryPoint, warpgroups * 128, (warpgroups * 8192) + (columns * 128) + 1024, ("PROBE_COLUMNS", columns), ("PROBE_WARPGROUPS", warpgroups))
        {
            Columns = columns,
            Rounds = rounds,
            Blocks = device.AllMultiprocessors,
        };
        double clocks = device.Clocks(launch, warpgroups) / (rounds * ProductsOfARound * warpgroups);
        table.Rows.Add(new()
        {
            ["columns"] = columns, ["a"] = operand, ["warpgroups"] = warpgroups, ["clocks_of_a_product"] = Math.Round(clocks, 2), ["model"] = columns / 2.0,
            ["ratio"] = Math.Round(clocks / (columns / 2.0), 3),
        });
    }
}
