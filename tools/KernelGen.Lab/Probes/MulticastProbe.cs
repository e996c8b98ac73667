
namespace KernelGen.Lab.Probes;

/// <summary>Tensor copies to one block, and from each of two blocks of a cluster to both.</summary>
internal static class MulticastProbe
{
    private const int TileRows = 128;
    private const int TileDims = 64;
    private const int TileBytes = TileRows * TileDims * 2;
    private const int Stages = 8;
    private const int Threads = 128;

    private static readonly (string Way, int ClusterBlocks, bool Multicast)[] Ways =
    [
        ("alone", 1, false), ("cluster of two, each for itself", 2, false), ("cluster of two, each for both", 2, true),
    ];

    public static void Run(ProbeTable table, ProbeDevice device)
    {
        const int rows = 4096;
        Half[] tensor = [.. Enumerable.Range(0, rows * TileDims).Select(i => (Half)(i % 31))];
        double alone = 0;
        foreach ((string way, int clusterBlocks, bool multicast) in Ways)
        {
            long rounds = device.IsSmoke ? 20 : 1024;
            ProbeLaunch launch = new(
                "multicast.cu", "probe_multicast", Threads, (Stages * TileBytes) + 1024 + (16 * Stages), ("PROBE_CLUSTER", clusterBlocks),
                ("PROBE_MULTICAST", multicast ? 1 : 0))
            {
                Rounds = rounds,
                Blocks = Math.Max(2, device.AllMultiprocessors / 2 * 2),
                ClusterBlocks = clusterBlocks,
                Box = new(TileDims, TileRows / 2),
                Tensor = (rows, TileDims),
            };
            double rate = rounds * TileBytes / device.Clocks(launch, groups: 1, tensor);
            alone = alone == 0 ? rate : alone;
            table.Rows.Add(new()
            {
                ["blocks"] = way, ["bytes_of_a_clock_and_multiprocessor"] = Math.Round(rate, 2),
                ["of_them_from_l2"] = Math.Round(multicast ? rate / clusterBlocks : rate, 2),
                ["ratio"] = Math.Round(rate / alone, 3),
            });
            if (clusterBlocks > 1)
                table.Answers.Add(Invariant($"{way}: {rate / alone:0.00} times the bytes that come to a block alone"));
        }
    }
}
