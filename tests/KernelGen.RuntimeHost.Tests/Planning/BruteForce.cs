using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>The search of the planner, done by trying everything.</summary>
internal static class BruteForce
{
    /// <summary>The fewest slices of which none has more tiles than fit.</summary>
    public static int FewestSlices(int heads, int tiles, int mostRowTiles, int tilesThatFit)
    {
        int fewest = int.MaxValue;
        for (int h = 1; h <= heads; h++)
        {
            for (int t = 1; t <= Math.Min(mostRowTiles, tiles) && h * t <= tilesThatFit; t++)
                fewest = Math.Min(fewest, (heads + h - 1) / h * ((tiles + t - 1) / t));
        }

        return fewest;
    }

    /// <summary>The least predicted time of a variant over every even cut that fits; null when none does.</summary>
    public static double? LeastSeconds(PlanRequest request, KernelVariant variant, long allowed)
    {
        int heads = request.Shape.TotalHeads;
        int tileRows = variant.Footprint.TileRows;
        int tiles = (request.Shape.Queries + tileRows - 1) / tileRows;
        int mostRowTiles = variant.Family == KernelFamily.Streaming ? tiles : Math.Min(tiles, variant.SliceRows / tileRows);
        double? least = null;
        for (int h = 1; h <= heads; h++)
        {
            for (int t = 1; t <= mostRowTiles; t++)
            {
                int rows = Math.Min(t * tileRows, request.Shape.Queries);
                if (variant.Footprint.Bytes(h, rows, request.Shape.Keys, request.Device.Workers) > allowed)
                    continue;

                double seconds = Seconds(request, variant, Even(heads, h), Even(tiles, t));
                least = least is { } other ? Math.Min(other, seconds) : seconds;
            }
        }

        return least;
    }

    private static List<int> Even(int total, int size)
    {
        int count = (total + size - 1) / size;
        return [.. Enumerable.Range(0, count).Select(i => (total * (i + 1) / count) - (total * i / count))];
    }

    private static double Seconds(PlanRequest request, KernelVariant variant, List<int> heads, List<int> tiles)
    {
        DeviceProfile device = request.Device;
        double scores = (double)request.Shape.ScoreElements * (request.Options.Causal ? 0.5 : 1);

        // Fewer rows than two of the widest vectors have lanes take as long as 32, except with a kernel for few.
        double computed = variant.Footprint.ChunksApart ? scores : scores * Math.Max(1, 32.0 / request.Shape.Queries);
        double efficiency = variant.Family == KernelFamily.Streaming ? 0.85 : 0.65;
        double tileSeconds =
            4 * computed * request.Shape.HeadDim / (heads.Sum() * (double)tiles.Sum()) / (device.FlopsPerSecond * efficiency);
        double seconds = scores * variant.Footprint.BytesPerScore * 3 / device.BytesPerSecond;
        foreach (int h in heads)
        {
            foreach (int t in tiles)
            {
                int together = h * t;
                int busy = device.Workers == 0 ? together : (together + device.Workers - 1) / device.Workers * device.Workers;
                seconds += (busy * tileSeconds) + device.SliceSeconds;
            }
        }

        return seconds;
    }
}
