using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace KernelGen.Cpu.Kernels;

/// <summary>Four query rows in a <see cref="Vector128{T}"/>.</summary>
/// <param name="Value">The lanes.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe record struct LaneVector128(Vector128<float> Value) : ILaneVector<LaneVector128>
{
    /// <inheritdoc/>
    public static int Count => Vector128<float>.Count;

    /// <inheritdoc/>
    public static LaneVector128 LaneIndices => new(Vector128<float>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 operator +(LaneVector128 left, LaneVector128 right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 operator -(LaneVector128 left, LaneVector128 right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 operator *(LaneVector128 left, LaneVector128 right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 operator /(LaneVector128 left, LaneVector128 right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 Create(float value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(LaneVector128 value, float* destination) => value.Value.Store(destination);

    /// <inheritdoc/>
    /// <remarks>Fused on every machine that can; elsewhere two roundings are better than a call into software.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 MultiplyAdd(LaneVector128 left, LaneVector128 right, LaneVector128 addend) =>
        new(Vector128.MultiplyAddEstimate(left.Value, right.Value, addend.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 Max(LaneVector128 left, LaneVector128 right) => new(Vector128.MaxNative(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 SelectEqual(LaneVector128 left, LaneVector128 right, LaneVector128 whenEqual, LaneVector128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(left.Value, right.Value), whenEqual.Value, otherwise.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 SelectLess(LaneVector128 left, LaneVector128 right, LaneVector128 whenLess, LaneVector128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(left.Value, right.Value), whenLess.Value, otherwise.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 PowerOfEighths(LaneVector128 eighths, LaneVector128 table, LaneVector128 tableEnd)
    {
        Vector128<int> bits = eighths.Value.AsInt32();
        return new(((bits << 20) + PickOfEight(table.Value, tableEnd.Value, bits).AsInt32()).AsSingle());
    }

    // The low three bits of an index pick one of the eight numbers of two vectors.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PickOfEight(Vector128<float> begin, Vector128<float> end, Vector128<int> index)
    {
        if (Avx.IsSupported)
        {
            return Sse41.BlendVariable(Avx.PermuteVar(begin, index), Avx.PermuteVar(end, index), (index << 29).AsSingle());
        }

        // Four bytes for each number.
        Vector128<byte> bytes = (((index & Vector128.Create(7)) * 0x0404_0404) + Vector128.Create(0x0302_0100)).AsByte();
        if (AdvSimd.Arm64.IsSupported)
        {
            return AdvSimd.Arm64.VectorTableLookup((begin.AsByte(), end.AsByte()), bytes).AsSingle();
        }

        // The compiler that works ahead of time calls a function for a shuffle that gives 0 past the end. This instruction takes an index
        // modulo 16, and bit 2 of the number's index says of which vector.
        if (Sse41.IsSupported)
        {
            return Sse41.BlendVariable(
                Ssse3.Shuffle(begin.AsByte(), bytes).AsSingle(), Ssse3.Shuffle(end.AsByte(), bytes).AsSingle(), (index << 29).AsSingle());
        }

        Vector128<byte> fromBegin = Vector128.Shuffle(begin.AsByte(), bytes);
        Vector128<byte> fromEnd = Vector128.Shuffle(end.AsByte(), bytes - Vector128.Create((byte)16));
        return (fromBegin | fromEnd).AsSingle();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyNonFinite(LaneVector128 value) =>
        Vector128.GreaterThanOrEqualAny(value.Value.AsInt32() & Vector128.Create(0x7FFF_FFFF), Vector128.Create(0x7F80_0000));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 KeepAttended(LaneVector128 score, byte* attend)
    {
        Vector128<uint> bytes = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)attend).AsByte()));
        Vector128<float> hidden = Vector128.Equals(bytes, Vector128<uint>.Zero).AsSingle();
        return new(Vector128.ConditionalSelect(hidden, Vector128.Create(float.NegativeInfinity), score.Value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 LoadFloat16(ushort* source) =>
        WidenFloat16(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsInt16()) << 13);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 LowerFloat16(LaneVector128 pairs) => WidenFloat16((pairs.Value.AsInt32() << 16) >> 3);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 UpperFloat16(LaneVector128 pairs) => WidenFloat16(pairs.Value.AsInt32() >> 3);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 LoadBFloat16(ushort* source) =>
        new((Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsInt16()) << 16).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 LowerBFloat16(LaneVector128 pairs) => new((pairs.Value.AsInt32() << 16).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector128 UpperBFloat16(LaneVector128 pairs) =>
        new((pairs.Value.AsInt32() & Vector128.Create(unchecked((int)0xFFFF_0000))).AsSingle());

    /// <inheritdoc/>
    /// <remarks>
    /// Normal numbers are rounded by an integer addition that carries into the exponent. Below 2^-14, adding 0.5 lets the machine round to
    /// multiples of 2^-24, the step of binary16's subnormals, which then are the low bits of the sum.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloat16(LaneVector128 value, ushort* destination)
    {
        Vector128<int> bits = value.Value.AsInt32();
        Vector128<int> magnitude = bits & Vector128.Create(0x7FFF_FFFF);
        Vector128<int> normal = (magnitude + Vector128.Create(0xFFF - (112 << 23)) + ((magnitude >> 13) & Vector128<int>.One)) >> 13;
        Vector128<int> half = Vector128.Create(0.5f).AsInt32();
        Vector128<int> subnormal = (magnitude.AsSingle() + half.AsSingle()).AsInt32() - half;
        Vector128<int> rounded = Vector128.ConditionalSelect(
            Vector128.LessThan(magnitude, Vector128.Create(0x3880_0000)), subnormal, Vector128.Min(normal, Vector128.Create(0x7C00)));
        rounded = Vector128.ConditionalSelect(
            Vector128.GreaterThan(magnitude, Vector128.Create(0x7F80_0000)), Vector128.Create(0x7E00), rounded);
        Vector128<uint> result = (rounded | ((bits >> 16) & Vector128.Create(0x8000))).AsUInt32();
        Vector128.Narrow(result, result).GetLower().Store(destination);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(LaneVector128 value, ushort* destination)
    {
        Vector128<uint> bits = value.Value.AsUInt32();
        Vector128<uint> rounded = (bits + Vector128.Create(0x7FFFu) + ((bits >> 16) & Vector128<uint>.One)) >> 16;
        Vector128<uint> quiet = (bits >> 16) | Vector128.Create(0x40u);
        Vector128<uint> number = Vector128.Equals(value.Value, value.Value).AsUInt32();
        Vector128<uint> result = Vector128.ConditionalSelect(number, rounded, quiet);
        Vector128.Narrow(result, result).GetLower().Store(destination);
    }

    /// <summary>Widens binary16 numbers whose sign has spread to where their ten fraction bits are binary32's topmost.</summary>
    /// <remarks>
    /// With the ten fraction bits moved to the top of binary32's, a product with 2^112 corrects the exponent, and normalises subnormals on
    /// the way. Only infinity and NaN, which then lie above every finite number, still need their exponent filled.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LaneVector128 WidenFloat16(Vector128<int> aligned)
    {
        Vector128<float> scaled =
            (aligned & Vector128.Create(unchecked((int)0x8FFF_E000))).AsSingle() * Vector128.Create(5.192296858534828e33f);
        Vector128<int> bits = scaled.AsInt32();
        Vector128<int> special = Vector128.GreaterThanOrEqual(bits & Vector128.Create(0x7FFF_FFFF), Vector128.Create(0x4780_0000));
        return new((bits | (special & Vector128.Create(0x7F80_0000))).AsSingle());
    }
}
