using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>The occupancy of a device by the tiles of a variant, which decides how long a slice keeps it busy.</summary>
/// <remarks>
/// A multiprocessor works on <see cref="ResidentTiles"/> tiles at once, and takes new ones as they end. It has four schedulers, and a warp
/// that waits for its own softmax or its own loads leaves its scheduler idle unless there is another: with fewer than eight warps it is
/// slower. So the last tiles of a multiprocessor are, and all tiles of a kernel whose blocks are large and have few warps.
/// </remarks>
internal readonly struct TileOccupancy
{
    /// <summary>Two warps for each of a multiprocessor's schedulers: one computes while the other waits.</summary>
    public const int WarpsOfFullSpeed = 8;

    private const int WarpThreads = 32;

    private readonly double _slowdown;

    private TileOccupancy(int workers, int residentTiles, int warps, double slowdown) =>
        (Workers, ResidentTiles, Warps, _slowdown) = (workers, residentTiles, warps, slowdown);

    /// <summary>The number of threads of a CPU or multiprocessors of a GPU, which work on tiles; 0 when unknown.</summary>
    public int Workers { get; }

    /// <summary>Tiles that one of them works on at once.</summary>
    public int ResidentTiles { get; }

    /// <summary>Warps of a tile; 0 for a CPU, and where nothing is known of a multiprocessor.</summary>
    public int Warps { get; }

    /// <summary>Tiles that the device works on at once.</summary>
    public long TilesAtOnce => (long)Workers * ResidentTiles;

    /// <summary>The occupancy of a device by a variant.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="device">The device.</param>
    public static TileOccupancy Of(KernelVariant variant, DeviceProfile device)
    {
        if (device.Workers > 0 || device.ParallelTiles == 0 || device.Multiprocessor is not { } limits
            || variant.Cuda is not { Stages: [{ } stage, ..] })
            return new(device.TilesAtOnce, residentTiles: 1, warps: 0, slowdown: 1);

        int resident = device.LoadedBlocks?.BlocksOf(variant) ?? limits.PromisedBlocks(stage);
        if (stage.IsPersistent)
            resident = Math.Min(resident, stage.MinimumBlocks);

        return new(device.ParallelTiles, Math.Max(resident, 1), (stage.Threads + WarpThreads - 1) / WarpThreads,
            1 / device.Costs.EfficiencyOfFewWarps);
    }

    /// <summary>
    /// The time of tiles that run together, in tiles that keep the whole device busy: all workers wait for the last of them.
    /// </summary>
    /// <param name="tiles">Tiles.</param>
    public double Busy(long tiles)
    {
        if (Workers <= 1 && Warps == 0)
            return tiles;

        long most = (tiles + Workers - 1) / Workers;
        if (Warps == 0)
            return most * (double)Workers;

        (long rounds, long last) = Math.DivRem(most, ResidentTiles);
        return ((rounds * ResidentTiles * SlowdownOf(ResidentTiles)) + (last * SlowdownOf(last))) * Workers;
    }

    /// <summary>At most <see cref="Busy(long)"/> of any cut of the tiles into slices.</summary>
    /// <param name="tiles">Tiles.</param>
    public double LeastBusy(long tiles) => Workers <= 1 ? tiles : (tiles + Workers - 1) / Workers * (double)Workers;

    /// <summary>The tiles that the device is busy for, over all slices of a cut.</summary>
    /// <param name="heads">The cut along heads.</param>
    /// <param name="tiles">The cut along rows, in tiles.</param>
    /// <param name="splits">Splits of the keys of each tile; 1 for none.</param>
    public double Busy(in SliceGroups heads, in SliceGroups tiles, int splits = 1) =>
        ((double)heads.LargeCount * tiles.LargeCount * Busy((long)heads.Large * tiles.Large * splits))
        + ((double)heads.LargeCount * tiles.SmallCount * Busy((long)heads.Large * tiles.Small * splits))
        + ((double)heads.SmallCount * tiles.LargeCount * Busy((long)heads.Small * tiles.Large * splits))
        + ((double)heads.SmallCount * tiles.SmallCount * Busy((long)heads.Small * tiles.Small * splits));

    private double SlowdownOf(long residentTiles) => residentTiles * Warps < WarpsOfFullSpeed ? _slowdown : 1;
}
