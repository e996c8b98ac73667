using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelGen.Cpu.Kernels;

/// <summary>The constants of <see cref="LaneExponential{TVector}"/>: static data of the assembly, which does not move.</summary>
internal static unsafe class ExponentialConstants
{
    /// <summary>The address of the numbers.</summary>
    /// <remarks>
    /// The lowest exponent; the number that, added to a small one, leaves its nearest eighth in the lowest bits; then the coefficients of
    /// <c>r</c>^3, <c>r</c>^2 and <c>r</c>: minimax for 2^r on [-1/16, 1/16] in relative error, the constant held at 1, the others rounded
    /// to fp32 one after the other: 2.7e-8.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float* Numbers()
    {
        ReadOnlySpan<float> numbers = [-127f, 1572864f, 0.0554962233f, 0.240257636f, 0.693147242f];
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(numbers));
    }

    /// <summary>The address of the table: sixteen numbers, the eight twice, so that the widest vector can hold it.</summary>
    /// <remarks>
    /// The bits of 2^(j/8), less <c>j</c> * 2^20. An exponent of <c>e</c> eighths adds <c>e</c> * 2^20 to the bits, which moves the
    /// exponent field by the whole part of <c>e / 8</c> and brings back what was taken.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float* Table()
    {
        ReadOnlySpan<uint> table =
        [
            0x3F80_0000, 0x3F7B_95C2, 0x3F78_37F0, 0x3F75_FED7, 0x3F75_04F3, 0x3F75_672A, 0x3F77_44FD, 0x3F7A_C0C7,
            0x3F80_0000, 0x3F7B_95C2, 0x3F78_37F0, 0x3F75_FED7, 0x3F75_04F3, 0x3F75_672A, 0x3F77_44FD, 0x3F7A_C0C7,
        ];
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(table));
    }
}
