
namespace KernelGen.Lab.Probes;

/// <summary>The issue slots that waiting warps take from computing ones.</summary>
internal static class WaitingProbe
{
    private static readonly string[] Ways = ["bar.sync", "mbarrier.try_wait", "mbarrier.try_wait with a hint", "mbarrier.test_wait"];

    public static void Run(ProbeTable table, ProbeDevice device)
    {
        double alone = 0;
        for (int way = 0; way < Ways.Length; way++)
        {
            long rounds = device.Rounds(4096);
            ProbeLaunch launch = new("waiting.cu", "probe_waiting", 256, 2048, ("PROBE_WAITING", way))
            {
                Rounds = rounds, Scale = 0.75f, Blocks = device.AllMultiprocessors,
            };
            double clocks = device.Clocks(launch, groups: 4) / rounds;
            alone = way == 0 ? clocks : alone;
            table.Rows.Add(new() { ["waiting"] = Ways[way], ["clocks_of_a_round"] = Math.Round(clocks, 3),
                ["ratio"] = Math.Round(clocks / alone, 4) });
            if (way > 0)
                table.Answers.Add(
                    Invariant($"{Ways[way]}: computing warps take {clocks / alone:0.000} of the time beside warps that sleep"));
        }
    }
}
