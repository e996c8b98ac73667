using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>The limits of a multiprocessor, which decide how many blocks of a kernel run on it beside each other.</summary>
/// <param name="Warps">Most warps.</param>
/// <param name="Blocks">Most blocks.</param>
/// <param name="SharedBytes">Shared memory of all its blocks together.</param>
/// <param name="SharedBytesPerBlock">Most shared memory that a block can opt in to.</param>
/// <param name="ReservedSharedBytes">Shared memory that the system takes of each block.</param>
public sealed record MultiprocessorLimits(int Warps, int Blocks, int SharedBytes, int SharedBytesPerBlock, int ReservedSharedBytes)
{
    private const int WarpThreads = 32;

    /// <summary>Registers of a multiprocessor, the same for every compute capability from 7.5.</summary>
    private const int Registers = 65536;

    /// <summary>
    /// Registers are given to a warp in these units, and to a multiple of four warps: one for each of the scheduler's quarters.
    /// </summary>
    private const int RegisterUnit = 256;

    /// <summary>Registers that an instruction can name.</summary>
    private const int MostRegistersOfThread = 255;

    private const int Quarters = 4;
    private const int SharedUnit = 128;
    private const int KiB = 1024;

    /// <summary>Ascending; a compute capability that is not here is taken to be like the one before it.</summary>
    private static readonly (int ComputeCapability, MultiprocessorLimits Limits)[] _known =
    [
        (75, new(32, 16, 64 * KiB, 64 * KiB, 0)),
        (80, new(64, 32, 164 * KiB, 163 * KiB, KiB)),
        (86, new(48, 16, 100 * KiB, 99 * KiB, KiB)),
        (87, new(48, 16, 164 * KiB, 163 * KiB, KiB)),
        (89, new(48, 24, 100 * KiB, 99 * KiB, KiB)),
        (90, new(64, 32, 228 * KiB, 227 * KiB, KiB)),
        (110, new(48, 24, 228 * KiB, 227 * KiB, KiB)),
        (120, new(48, 24, 100 * KiB, 99 * KiB, KiB)),
    ];

    /// <summary>The limits of a compute capability.</summary>
    /// <param name="computeCapability">Ten times the major plus the minor number, such as 86; 75 or more.</param>
    public static MultiprocessorLimits ForComputeCapability(int computeCapability)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(computeCapability, _known[0].ComputeCapability);
        return _known.Last(entry => entry.ComputeCapability <= computeCapability).Limits;
    }

    /// <summary>Blocks that run at once; 0 when not even one does.</summary>
    /// <param name="threads">Threads of a block.</param>
    /// <param name="registers">Registers of a thread.</param>
    /// <param name="sharedBytes">Shared memory of a block, static and dynamic.</param>
    public int ResidentBlocks(int threads, int registers, int sharedBytes)
    {
        if (sharedBytes > SharedBytesPerBlock)
            return 0;

        int warps = (threads + WarpThreads - 1) / WarpThreads;
        int registersOfWarp = RoundUp(Math.Max(registers, 1) * WarpThreads, RegisterUnit);
        int byRegisters = Registers / registersOfWarp / Quarters * Quarters / warps;
        int byShared = SharedBytes / Math.Max(RoundUp(sharedBytes + ReservedSharedBytes, SharedUnit), 1);
        return Math.Min(Math.Min(Warps / warps, Blocks), Math.Min(byRegisters, byShared));
    }

    /// <summary>
    /// Blocks of a launch that run at once whatever the compiler makes of the kernel: its launch bounds are a promise of how many registers
    /// there will be at most. 0 when not even one runs.
    /// </summary>
    /// <param name="stage">The launch; its shared memory is taken to be all dynamic.</param>
    public int PromisedBlocks(CudaStage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return ResidentBlocks(stage.Threads, MostRegisters(stage), stage.SharedBytes);
    }

    // Registers come in units of a warp, so that a thread has a multiple of eight.
    private static int MostRegisters(CudaStage stage)
    {
        int warps = (stage.Threads + WarpThreads - 1) / WarpThreads * stage.MinimumBlocks;
        return Math.Min(MostRegistersOfThread, Registers / (RegisterUnit * RoundUp(warps, Quarters)) * RegisterUnit / WarpThreads);
    }

    private static int RoundUp(int number, int unit) => (number + unit - 1) / unit * unit;
}
