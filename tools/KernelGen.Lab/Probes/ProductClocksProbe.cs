
namespace KernelGen.Lab.Probes;

/// <summary>Clocks of a product of a warpgroup.</summary>
internal static class ProductClocksProbe
{
    private const int ProductsOfARound = 8;

    private static readonly int[] Columns = [16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];

    public static void Run(ProbeTable table, ProbeDevice device)
    {
        (int Columns, int Warpgroups)[] cases =
            device.IsSmoke
                ? [(40, 2)]
                : [.. Columns.SelectMany(columns => Enumerable.Range(1, 3).Select(warpgroups => (columns, warpgroups)))];
        device.Compile(cases.Select(one => Launch(device, one.Columns, one.Warpgroups, "probe_shared_products")));
        foreach ((int columns, int warpgroups) in cases)
        {
            Measure(table, device, columns, warpgroups, "shared", "probe_shared_products");
            Measure(table, device, columns, warpgroups, "registers", "probe_register_products");
        }

        foreach (var row in table.Rows.Where(row => row["warpgroups"]!.GetValue<int>() == 2 && row["ratio"]!.GetValue<double>() > 1.1))
            table.Answers.Add(
                Invariant($"{row["columns"]} columns, A from {row["a"]}: {row["ratio"]!.GetValue<double>():0.00} of the model"));
    }

    private static void Measure(ProbeTable table, ProbeDevice device, int columns, int warpgroups, string operand, string entryPoint)
    {
        ProbeLaunch launch = Launch(device, columns, warpgroups, entryPoint);
        double clocks = device.Clocks(launch, warpgroups) / (launch.Rounds * ProductsOfARound * warpgroups);
        table.Rows.Add(new()
        {
            ["columns"] = columns, ["a"] = operand, ["warpgroups"] = warpgroups, ["clocks_of_a_product"] = Math.Round(clocks, 2),
            ["model"] = columns / 2.0,
            ["ratio"] = Math.Round(clocks / (columns / 2.0), 3),
        });
    }

    private static ProbeLaunch Launch(ProbeDevice device, int columns, int warpgroups, string entryPoint) => new(
        "product_clocks.cu", entryPoint, warpgroups * 128, (warpgroups * 8192) + (columns * 128) + 1024, ("PROBE_COLUMNS", columns),
        ("PROBE_WARPGROUPS", warpgroups))
    {
        Columns = columns,
        Rounds = device.Rounds(256),
        Blocks = device.AllMultiprocessors,
    };
}
