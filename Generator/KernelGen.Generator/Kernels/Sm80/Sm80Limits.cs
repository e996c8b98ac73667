namespace KernelGen.Generator.Kernels.Sm80;

/// <summary>The limits of a block on every GPU from compute capability 8.0; the tiles are chosen to stay within it.</summary>
internal static class Sm80Limits
{
    /// <summary>Shared memory of a block in bytes: the opt-in limit of compute capability 8.6, 8.9 and 12.0, the least of all.</summary>
    public const int SharedBytes = 99 * 1024;

    /// <summary>The shared memory up to which a block of four warps gets a second stage: two blocks fit compute capability 8.6.</summary>
    public const int TwoStageBytes = 48 * 1024;

    /// <summary>Up to this many expected registers Q is kept in registers; what is beyond is left to the compiler's own needs.</summary>
    public const int ComfortableRegisters = 240;

    /// <summary>Registers of a thread beside the arrays, which are counted: addresses, loop state and matrices being loaded.</summary>
    public const int BaseRegisters = 44;

    /// <summary>Threads of a block: four warps, so that two blocks share a multiprocessor whatever registers a thread takes.</summary>
    public const int Threads = 128;

    public const int Warps = Threads / 32;

    /// <summary>Warps of a block that has a multiprocessor to itself: two for each scheduler.</summary>
    public const int WarpsAlone = 8;
}
