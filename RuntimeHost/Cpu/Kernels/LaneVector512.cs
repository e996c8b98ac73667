using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelGen.Cpu.Kernels;

/// <summary>Sixteen query rows in a <see cref="Vector512{T}"/>.</summary>
/// <param name="Value">The lanes.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe record struct LaneVector512(Vector512<float> Value) : ILaneVector<LaneVector512>
{
    /// <inheritdoc/>
    public static int Count => Vector512<float>.Count;

    /// <inheritdoc/>
    public static LaneVector512 LaneIndices => new(Vector512<float>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 operator +(LaneVector512 left, LaneVector512 right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 operator -(LaneVector512 left, LaneVector512 right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 operator *(LaneVector512 left, LaneVector512 right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 operator /(LaneVector512 left, LaneVector512 right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 Create(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(LaneVector512 value, float* destination) => value.Value.Store(destination);

    /// <inheritdoc/>
    /// <remarks>Fused on every machine that can; elsewhere two roundings are better than a call into software.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 MultiplyAdd(LaneVector512 left, LaneVector512 right, LaneVector512 addend) =>
        new(Vector512.MultiplyAddEstimate(left.Value, right.Value, addend.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 Max(LaneVector512 left, LaneVector512 right) => new(Vector512.MaxNative(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 SelectEqual(LaneVector512 left, LaneVector512 right, LaneVector512 whenEqual, LaneVector512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(left.Value, right.Value), whenEqual.Value, otherwise.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 SelectLess(LaneVector512 left, LaneVector512 right, LaneVector512 whenLess, LaneVector512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(left.Value, right.Value), whenLess.Value, otherwise.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 PowerOfEighths(LaneVector512 eighths, LaneVector512 table, LaneVector512 tableEnd)
    {
        if (!Avx512F.IsSupported)
        {
            LaneVector256 lowerTable = new(table.Value.GetLower());
            return new(Vector512.Create(
                LaneVector256.PowerOfEighths(new(eighths.Value.GetLower()), lowerTable, default).Value,
                LaneVector256.PowerOfEighths(new(eighths.Value.GetUpper()), lowerTable, default).Value));
        }

        Vector512<int> bits = eighths.Value.AsInt32();
        return new(((bits << 20) + Avx512F.PermuteVar16x32(table.Value.AsInt32(), bits)).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyNonFinite(LaneVector512 value) =>
        Vector512.GreaterThanOrEqualAny(value.Value.AsInt32() & Vector512.Create(0x7FFF_FFFF), Vector512.Create(0x7F80_0000));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 LoadAttend(byte* source)
    {
        Vector512<uint> attend = Vector512.WidenLower(Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()).ToVector512Unsafe());
        return new((Vector512.Equals(attend, Vector512<uint>.Zero) & Vector512.Create(0xFF80_0000u)).AsSingle());
    }

    /// <inheritdoc/>
    /// <remarks>
    /// With the ten fraction bits moved to the top of binary32's, a product with 2^112 corrects the exponent, and normalises subnormals on
    /// the way. Only infinity and NaN, which then lie above every finite number, still need their exponent filled.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 LoadFloat16(ushort* source)
    {
        Vector512<int> aligned = Vector512.WidenLower(Vector256.Load((short*)source).ToVector512Unsafe()) << 13;
        Vector512<float> scaled =
            (aligned & Vector512.Create(unchecked((int)0x8FFF_E000))).AsSingle() * Vector512.Create(5.192296858534828e33f);
        Vector512<int> bits = scaled.AsInt32();
        Vector512<int> special = Vector512.GreaterThanOrEqual(bits & Vector512.Create(0x7FFF_FFFF), Vector512.Create(0x4780_0000));
        return new((bits | (special & Vector512.Create(0x7F80_0000))).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneVector512 LoadBFloat16(ushort* source) =>
        new((Vector512.WidenLower(Vector256.Load((short*)source).ToVector512Unsafe()) << 16).AsSingle());

    /// <inheritdoc/>
    /// <remarks>
    /// Normal numbers are rounded by an integer addition that carries into the exponent. Below 2^-14, adding 0.5 lets the machine round to
    /// multiples of 2^-24, the step of binary16's subnormals, which then are the low bits of the sum.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloat16(LaneVector512 value, ushort* destination)
    {
        Vector512<int> bits = value.Value.AsInt32();
        Vector512<int> magnitude = bits & Vector512.Create(0x7FFF_FFFF);
        Vector512<int> normal = (magnitude + Vector512.Create(0xFFF - (112 << 23)) + ((magnitude >> 13) & Vector512<int>.One)) >> 13;
        Vector512<int> half = Vector512.Create(0.5f).AsInt32();
        Vector512<int> subnormal = (magnitude.AsSingle() + half.AsSingle()).AsInt32() - half;
        Vector512<int> rounded = Vector512.ConditionalSelect(
            Vector512.LessThan(magnitude, Vector512.Create(0x3880_0000)), subnormal, Vector512.Min(normal, Vector512.Create(0x7C00)));
        rounded = Vector512.ConditionalSelect(
            Vector512.GreaterThan(magnitude, Vector512.Create(0x7F80_0000)), Vector512.Create(0x7E00), rounded);
        Vector512<uint> result = (rounded | ((bits >> 16) & Vector512.Create(0x8000))).AsUInt32();
        Vector256.Narrow(result.GetLower(), result.GetUpper()).Store(destination);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(LaneVector512 value, ushort* destination)
    {
        Vector512<uint> bits = value.Value.AsUInt32();
        Vector512<uint> rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        Vector512<uint> quiet = (bits >> 16) | Vector512.Create(0x40u);
        Vector512<uint> number = Vector512.Equals(value.Value, value.Value).AsUInt32();
        Vector512<uint> result = Vector512.ConditionalSelect(number, rounded, quiet);
        Vector256.Narrow(result.GetLower(), result.GetUpper()).Store(destination);
    }
}
