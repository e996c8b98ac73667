using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelGen.Cpu.Kernels;

public readonly unsafe partial record struct LaneVector512
{
    private static bool CanPick
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.IsSupported;
    }

    // The low bits of an index pick a number of the table.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Pick(Vector512<int> table, Vector512<int> index) => Avx512F.PermuteVar16x32(table, index);

    // A byte for each lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> LoadBytes(byte* source) =>
        Vector512.WidenLower(Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()).ToVector512Unsafe());
}
