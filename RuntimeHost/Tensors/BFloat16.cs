using System.Runtime.CompilerServices;

namespace KernelGen.Tensors;

/// <summary>A bfloat16 number: sign, 8 exponent bits and 7 fraction bits, the upper half of a binary32.</summary>
/// <remarks>The base class library of .NET 10 has none. Arithmetic is done in <see cref="float"/>.</remarks>
/// <param name="Bits">The 16 bits of the number.</param>
public readonly record struct BFloat16(ushort Bits)
{
    /// <summary>Widens exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <summary>Rounds to nearest, ties to even; a NaN stays a (quiet) NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator BFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if ((bits & 0x7FFF_FFFF) > 0x7F80_0000)
        {
            return new((ushort)((bits >> 16) | 0x0040));
        }

        // Adding just under half of the last kept place, and one more when that place is odd, rounds ties to even.
        return new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>The number as text, in the invariant culture.</summary>
    public override string ToString() => Invariant($"{(float)this}");
}
