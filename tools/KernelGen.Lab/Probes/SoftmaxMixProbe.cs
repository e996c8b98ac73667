using System.Text.Json.Nodes;

namespace KernelGen.Lab.Probes;

/// <summary>The rate of exponentials and multiply-adds together, with a share of the exponentials as polynomials.</summary>
internal static class SoftmaxMixProbe
{
    private const int Threads = 384;
    private const int Numbers = 16;

    public static void Run(ProbeTable table, ProbeDevice device)
    {
        foreach (int polynomials in device.IsSmoke ? [0, 2] : (int[])[0, 1, 2, 3, 4])
        {
            long rounds = device.Rounds(2048);
            ProbeLaunch launch = new("softmax_mix.cu", "probe_softmax_mix", Threads, 0, ("PROBE_POLYNOMIALS", polynomials))
            {
                Rounds = rounds,
                Scale = 0.125f,
                Blocks = device.AllMultiprocessors,
            };
            double clocks = device.Clocks(launch, Threads / 32) / ((double)rounds * Numbers * Threads);
            table.Rows.Add(new() { ["polynomial_share"] = polynomials / 8.0, ["clocks_of_a_score"] = Math.Round(clocks, 5),
                ["clocks_of_16384_scores"] = Math.Round(16384 * clocks, 1) });
        }

        JsonObject best = table.Rows.MinBy(row => row["clocks_of_a_score"]!.GetValue<double>())!;
        table.Answers.Add(
            Invariant($"the least at a polynomial share of {best["polynomial_share"]}: {best["clocks_of_a_score"]} clocks ")
                + "a score; 1/16 is the limit of exponentials alone");
    }
}
