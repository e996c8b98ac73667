using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace KernelGen.Cpu.Kernels;

/// <summary>The exponential of the softmax, with its constants in registers.</summary>
/// <remarks>
/// 2^x is 2^(e/8), with <c>e / 8</c> the nearest eighth, times 2^r for what remains. The first factor comes from a table of eight, the
/// second from a polynomial of degree 3: four operations on the units that multiply, which the products of attention keep busy, where a
/// polynomial over a whole power needs six. A constant that the compiler knows becomes a memory operand of each instruction that uses it,
/// and then a softmax waits for loads. So they are read from memory that it cannot see through, once, before the loop.
/// </remarks>
/// <typeparam name="TVector">The vector.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct LaneExponential<TVector>
    where TVector : unmanaged, ILaneVector<TVector>
{
    private readonly TVector _lowest;
    private readonly TVector _rounding;
    private readonly TVector _c3;
    private readonly TVector _c2;
    private readonly TVector _c1;
    private readonly TVector _table;
    private readonly TVector _tableEnd;

    /// <summary>Reads the constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LaneExponential()
    {
        float* numbers = ExponentialConstants.Numbers();
        _lowest = TVector.Create(numbers[0]);
        _rounding = TVector.Create(numbers[1]);
        _c3 = TVector.Create(numbers[2]);
        _c2 = TVector.Create(numbers[3]);
        _c1 = TVector.Create(numbers[4]);
        float* table = ExponentialConstants.Table();
        _table = TVector.Load(table);
        _tableEnd = TVector.Count < 8 ? TVector.Load(table + TVector.Count) : default;
    }

    /// <summary>
    /// 2 to the power of each lane, for numbers up to 127. 0 gives exactly 1; -127 and below, negative infinity included, exactly 0;
    /// between -127 and
    /// -126, where results are subnormal, they are too small. NaN stays NaN.
    /// </summary>
    /// <param name="exponent">The exponents.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Exp2(TVector exponent)
    {
        TVector clamped = TVector.Max(_lowest, exponent);
        TVector eighths = clamped + _rounding;
        TVector rest = clamped - (eighths - _rounding);
        TVector power = TVector.MultiplyAdd(_c3, rest, _c2);
        power = TVector.MultiplyAdd(power, rest, _c1);
        power *= rest;
        TVector scale = TVector.PowerOfEighths(eighths, _table, _tableEnd);
        return TVector.MultiplyAdd(scale, power, scale);
    }
}
