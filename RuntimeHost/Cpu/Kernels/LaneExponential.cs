using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace KernelGen.Cpu.Kernels;

/// <summary>The exponential of the softmax, with its constants in registers.</summary>
/// <remarks>
/// A constant that the compiler knows becomes a memory operand of each instruction that uses it, and then a softmax waits for loads. So they
/// are read from memory that it cannot see through, once, before the loop.
/// </remarks>
/// <typeparam name="TVector">The vector.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct LaneExponential<TVector>
    where TVector : unmanaged, ILaneVector<TVector>
{
    private readonly TVector _lowest;
    private readonly TVector _rounding;
    private readonly TVector _c5;
    private readonly TVector _c4;
    private readonly TVector _c3;
    private readonly TVector _c2;
    private readonly TVector _c1;
    private readonly TVector _one;

    /// <summary>Reads the constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LaneExponential()
    {
        float* constants = ExponentialConstants.Address();
        _lowest = TVector.Create(constants[0]);
        _rounding = TVector.Create(constants[1]);
        _c5 = TVector.Create(constants[2]);
        _c4 = TVector.Create(constants[3]);
        _c3 = TVector.Create(constants[4]);
        _c2 = TVector.Create(constants[5]);
        _c1 = TVector.Create(constants[6]);
        _one = TVector.Create(constants[7]);
    }

    /// <summary>2 to the power of each lane, for numbers up to 127. At -127 and below, negative infinity included, exactly 0. NaN stays NaN.</summary>
    /// <param name="exponent">The exponents.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Exp2(TVector exponent)
    {
        TVector clamped = TVector.Max(_lowest, exponent);
        TVector shifted = clamped + _rounding;
        TVector rest = clamped - (shifted - _rounding);
        TVector power = TVector.MultiplyAdd(_c5, rest, _c4);
        power = TVector.MultiplyAdd(power, rest, _c3);
        power = TVector.MultiplyAdd(power, rest, _c2);
        power = TVector.MultiplyAdd(power, rest, _c1);
        power = TVector.MultiplyAdd(power, rest, _one);

        // The product, unlike an integer addition to the exponent, keeps every NaN a NaN.
        return power * TVector.LowBitsToExponent(shifted);
    }
}
