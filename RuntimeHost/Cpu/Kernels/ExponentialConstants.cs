using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelGen.Cpu.Kernels;

/// <summary>The constants of <see cref="LaneExponential{TVector}"/>.</summary>
internal static unsafe class ExponentialConstants
{
    /// <summary>Where they lie. Static data of the assembly, which does not move.</summary>
    /// <remarks>
    /// The lowest exponent; the number that, added to a small one, leaves its nearest integer plus the exponent bias in the lowest bits; then a
    /// polynomial from its highest coefficient down: minimax for 2^x on [-0.5, 0.5] in relative error, the constant held at exactly 1, the others
    /// rounded to fp32 one after the other: 9.3e-8. With that constant 2^0 is exactly 1, and rescaling by an unchanged maximum changes nothing.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float* Address()
    {
        ReadOnlySpan<float> constants = [-127f, 12582912f + 127f, 0.00132694177f, 0.00967129506f, 0.0555071123f, 0.240222469f, 0.693147004f, 1f];
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(constants));
    }
}
