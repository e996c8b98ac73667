using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace KernelGen.Cpu.Kernels;

/// <summary>The exponential of the softmax.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LaneExponential
{
    // Added to a small number, it leaves the nearest integer (ties to even) in the lowest bits of the sum, and there the bias of the exponent too.
    private const float Rounding = 12582912f + 127f;

    // Minimax for 2^x on [-0.5, 0.5] in relative error, with the constant held at exactly 1 and the coefficients rounded to fp32 one after the
    // other: 9.3e-8. The constant makes 2^0 exactly 1, so that rescaling by an unchanged maximum changes nothing.
    private const float C1 = 0.693147004f;
    private const float C2 = 0.240222469f;
    private const float C3 = 0.0555071123f;
    private const float C4 = 0.00967129506f;
    private const float C5 = 0.00132694177f;

    /// <summary>2 to the power of each lane, for numbers up to 127. At -127 and below, negative infinity included, exactly 0. NaN stays NaN.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="exponent">The exponents.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp2<TVector>(TVector exponent)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        TVector clamped = TVector.Max(TVector.Create(-127f), exponent);
        TVector shifted = clamped + TVector.Create(Rounding);
        TVector rest = clamped - (shifted - TVector.Create(Rounding));
        TVector power = TVector.MultiplyAdd(TVector.Create(C5), rest, TVector.Create(C4));
        power = TVector.MultiplyAdd(power, rest, TVector.Create(C3));
        power = TVector.MultiplyAdd(power, rest, TVector.Create(C2));
        power = TVector.MultiplyAdd(power, rest, TVector.Create(C1));
        power = TVector.MultiplyAdd(power, rest, TVector.Create(1f));

        // The product, unlike an integer addition to the exponent, keeps every NaN a NaN.
        return power * TVector.LowBitsToExponent(shifted);
    }
}
