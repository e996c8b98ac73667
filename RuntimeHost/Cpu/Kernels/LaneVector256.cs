using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelGen.Cpu.Kernels;

// The build makes LaneVector512 of this text: see LaneVector512.targets.

/// <summary>Eight query rows in a <see cref="Vector256{T}"/>.</summary>
/// <param name="Value">The lanes.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe record struct LaneVector256(Vector256<float> Value) : ILaneVector<LaneVector256>
{
    /// <inheritdoc/>
    public static int Count => Vector256<float>.Count;

    /// <inheritdoc/>
    public static LaneVector256 LaneIndices => new(Vector256<float>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 operator +(LaneVector256 left, LaneVector256 right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 operator -(LaneVector256 left, LaneVector256 right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 operator *(LaneVector256 left, LaneVector256 right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 operator /(LaneVector256 left, LaneVector256 right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 Create(float value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 Load(float* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(LaneVector256 value, float* destination) => value.Value.Store(destination);

    /// <inheritdoc/>
    /// <remarks>Fused on every machine that can; elsewhere two roundings are better than a call into software.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 MultiplyAdd(LaneVector256 left, LaneVector256 right, LaneVector256 addend) =>
        new(Vector256.MultiplyAddEstimate(left.Value, right.Value, addend.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 Max(LaneVector256 left, LaneVector256 right) => new(Vector256.MaxNative(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 SelectEqual(LaneVector256 left, LaneVector256 right, LaneVector256 whenEqual, LaneVector256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(left.Value, right.Value), whenEqual.Value, otherwise.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 SelectLess(LaneVector256 left, LaneVector256 right, LaneVector256 whenLess, LaneVector256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(left.Value, right.Value), whenLess.Value, otherwise.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 PowerOfEighths(LaneVector256 eighths, LaneVector256 table, LaneVector256 tableEnd)
    {
        if (!Avx2.IsSupported)
        {
            LaneVector128 begin = new(table.Value.GetLower()), end = new(table.Value.GetUpper());
            return new(Vector256.Create(
                LaneVector128.PowerOfEighths(new(eighths.Value.GetLower()), begin, end).Value,
                LaneVector128.PowerOfEighths(new(eighths.Value.GetUpper()), begin, end).Value));
        }

        Vector256<int> bits = eighths.Value.AsInt32();
        return new(((bits << 20) + Avx2.PermuteVar8x32(table.Value.AsInt32(), bits)).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyNonFinite(LaneVector256 value) =>
        Vector256.GreaterThanOrEqualAny(value.Value.AsInt32() & Vector256.Create(0x7FFF_FFFF), Vector256.Create(0x7F80_0000));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 KeepAttended(LaneVector256 score, byte* attend)
    {
        Vector128<byte> loaded = Vector128.CreateScalarUnsafe(*(ulong*)attend).AsByte();
        Vector256<uint> bytes = Vector256.WidenLower(Vector128.WidenLower(loaded).ToVector256Unsafe());
        Vector256<float> hidden = Vector256.Equals(bytes, Vector256<uint>.Zero).AsSingle();
        return new(Vector256.ConditionalSelect(hidden, Vector256.Create(float.NegativeInfinity), score.Value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 LoadFloat16(ushort* source) =>
        WidenFloat16(Vector256.WidenLower(Vector128.Load((short*)source).ToVector256Unsafe()) << 13);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 LowerFloat16(LaneVector256 pairs) => WidenFloat16((pairs.Value.AsInt32() << 16) >> 3);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 UpperFloat16(LaneVector256 pairs) => WidenFloat16(pairs.Value.AsInt32() >> 3);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 LoadBFloat16(ushort* source) =>
        new((Vector256.WidenLower(Vector128.Load((short*)source).ToVector256Unsafe()) << 16).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 LowerBFloat16(LaneVector256 pairs) => new((pairs.Value.AsInt32() << 16).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector256 UpperBFloat16(LaneVector256 pairs) =>
        new((pairs.Value.AsInt32() & Vector256.Create(unchecked((int)0xFFFF_0000))).AsSingle());

    /// <inheritdoc/>
    /// <remarks>
    /// Normal numbers are rounded by an integer addition that carries into the exponent. Below 2^-14, adding 0.5 lets the machine round to
    /// multiples of 2^-24, the step of binary16's subnormals, which then are the low bits of the sum.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloat16(LaneVector256 value, ushort* destination)
    {
        Vector256<int> bits = value.Value.AsInt32();
        Vector256<int> magnitude = bits & Vector256.Create(0x7FFF_FFFF);
        Vector256<int> normal = (magnitude + Vector256.Create(0xFFF - (112 << 23)) + ((magnitude >> 13) & Vector256<int>.One)) >> 13;
        Vector256<int> half = Vector256.Create(0.5f).AsInt32();
        Vector256<int> subnormal = (magnitude.AsSingle() + half.AsSingle()).AsInt32() - half;
        Vector256<int> rounded = Vector256.ConditionalSelect(
            Vector256.LessThan(magnitude, Vector256.Create(0x3880_0000)), subnormal, Vector256.Min(normal, Vector256.Create(0x7C00)));
        rounded = Vector256.ConditionalSelect(
            Vector256.GreaterThan(magnitude, Vector256.Create(0x7F80_0000)), Vector256.Create(0x7E00), rounded);
        Vector256<uint> result = (rounded | ((bits >> 16) & Vector256.Create(0x8000))).AsUInt32();
        Vector128.Narrow(result.GetLower(), result.GetUpper()).Store(destination);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(LaneVector256 value, ushort* destination)
    {
        Vector256<uint> bits = value.Value.AsUInt32();
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One)) >> 16;
        Vector256<uint> quiet = (bits >> 16) | Vector256.Create(0x40u);
        Vector256<uint> number = Vector256.Equals(value.Value, value.Value).AsUInt32();
        Vector256<uint> result = Vector256.ConditionalSelect(number, rounded, quiet);
        Vector128.Narrow(result.GetLower(), result.GetUpper()).Store(destination);
    }

    /// <summary>Widens binary16 numbers whose sign has spread to where their ten fraction bits are binary32's topmost.</summary>
    /// <remarks>
    /// With the ten fraction bits moved to the top of binary32's, a product with 2^112 corrects the exponent, and normalises subnormals on
    /// the way. Only infinity and NaN, which then lie above every finite number, still need their exponent filled.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LaneVector256 WidenFloat16(Vector256<int> aligned)
    {
        Vector256<float> scaled =
            (aligned & Vector256.Create(unchecked((int)0x8FFF_E000))).AsSingle() * Vector256.Create(5.192296858534828e33f);
        Vector256<int> bits = scaled.AsInt32();
        Vector256<int> special = Vector256.GreaterThanOrEqual(bits & Vector256.Create(0x7FFF_FFFF), Vector256.Create(0x4780_0000));
        return new((bits | (special & Vector256.Create(0x7F80_0000))).AsSingle());
    }
}
