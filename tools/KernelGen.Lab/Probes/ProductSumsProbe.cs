
namespace KernelGen.Lab.Probes;

/// <summary>Rounding of sums in tensor cores. The cases are exact in fp16, so that only the sum can be inexact.</summary>
internal static class ProductSumsProbe
{
    private const int Rows = 64;
    private const int Depth = 16;
    private const int Columns = 16;
    private const int DriftRounds = 256;
    private const double B = 1.0 / 4096;
    private const double Ulp = 1.0 / (1 << 23);

    public static void Run(ProbeTable table, ProbeDevice device)
    {
        Half[] a = new Half[Rows * Depth];

        // Rows 0 and 1: three quarters of the last bit of 1 and of -1, in one product. Rows 2, 4...: a 2^-e part of it in each of 16.
        a[0] = (Half)(0.75 * Ulp / B);
        a[Depth] = -a[0];
        int[] exponents = [1, 2, 3, 4];
        foreach (int e in exponents)
            a.AsSpan(2 * e * Depth, Depth).Fill((Half)(Ulp / B / (1 << e)));
        float[] sums = Sums(device, a, scale: 1, rounds: 1);
        Ask(table, "1 + 3/4 ulp", (sums[0] - 1) / Ulp, 0.75);
        Ask(table, "-1 - 3/4 ulp", (sums[Columns] + 1) / Ulp, -0.75);
        foreach (int e in exponents)
            Ask(table, Invariant($"1 + 16 times 1/{1 << e} ulp"), (sums[2 * e * Columns] - 1) / Ulp, 16.0 / (1 << e));
        table.Answers.Add((sums[0] == 1, sums[Columns] == -1) switch
        {
            (true, true) => "sums are cut off, towards zero",
            (false, false) => "sums are rounded to nearest",
            _ => "sums are rounded towards an infinity",
        });

        Drift(table, device);
    }

    // Products of one sign, 4096 of them, of several magnitudes: what is cut off adds up.
    private static void Drift(ProbeTable table, ProbeDevice device)
    {
        Half[] a = [.. Enumerable.Range(0, Rows * Depth).Select(i => (Half)((1 + (i * 37 % 1024 / 1024.0)) / (1 << (i % 7))))];
        float[] sums = Sums(device, a, scale: 0, DriftRounds);
        double cut = 0, rounded = 0;
        for (int row = 0; row < Rows; row++)
        {
            double once = B * a.Skip(row * Depth).Take(Depth).Sum(element => (double)element);
            float nearest = 0;
            for (int round = 0; round < DriftRounds; round++)
                nearest = (float)(nearest + once);
            cut += ((sums[row * Columns] / (once * DriftRounds)) - 1) / Rows;
            rounded += ((nearest / (once * DriftRounds)) - 1) / Rows;
        }

        table.Rows.Add(new() { ["sum"] = Invariant($"{DriftRounds * Depth} products of one sign, relative error"), ["got"] = cut,
            ["exact"] = 0.0, ["rounded_would_be"] = rounded });
        table.Answers.Add(
            Invariant($"after {DriftRounds * Depth} products of one sign the sum is off by {cut:0.0e+0}; rounded to ")
                + Invariant($"nearest after each 16 it would be {rounded:0.0e+0}"));
    }

    private static void Ask(ProbeTable table, string sum, double got, double exact) =>
        table.Rows.Add(new() { ["sum"] = sum, ["got"] = got, ["exact"] = exact, ["rounded_would_be"] = Math.Round(exact) });

    private static float[] Sums(ProbeDevice device, Half[] a, float scale, long rounds)
    {
        ProbeLaunch launch = new("product_sums.cu", "probe_product_sums", 128, 2048) { Columns = Columns, Scale = scale, Rounds = rounds };
        return device.Run<float>(launch, Rows * Columns, a);
    }
}
