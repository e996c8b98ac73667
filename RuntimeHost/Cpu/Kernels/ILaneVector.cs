using System.ComponentModel;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// A vector of fp32 numbers, one query row in each lane. The operations are those that attention needs, and each lane's result is the same
/// bits at every width: that is what makes the CPU paths interchangeable. Without fused multiply-add, which is possible with 128 bits
/// alone,
/// <see cref="MultiplyAdd"/> rounds twice.
/// </summary>
/// <typeparam name="TSelf">The implementing vector.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface ILaneVector<TSelf>
    where TSelf : unmanaged, ILaneVector<TSelf>
{
    /// <summary>Lanes of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes the same.</summary>
    /// <param name="value">What they hold.</param>
    static abstract TSelf Create(float value);

    /// <summary>The numbers 0, 1, 2, ... in the lanes.</summary>
    static abstract TSelf LaneIndices { get; }

    /// <summary>Reads <see cref="Count"/> numbers.</summary>
    /// <param name="source">Where they lie; no alignment is asked for.</param>
    static abstract TSelf Load(float* source);

    /// <summary>Writes <see cref="Count"/> numbers.</summary>
    /// <param name="value">The numbers.</param>
    /// <param name="destination">Where they go; no alignment is asked for.</param>
    static abstract void Store(TSelf value, float* destination);

    /// <summary>Lane-wise sum.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Lane-wise difference.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Lane-wise product.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Lane-wise quotient.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary><c>left * right + addend</c>, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>The larger of two; on x86 the second where either is a NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>Lane-wise <c>left == right ? whenEqual : otherwise</c>.</summary>
    static abstract TSelf SelectEqual(TSelf left, TSelf right, TSelf whenEqual, TSelf otherwise);

    /// <summary>Lane-wise <c>left &lt; right ? whenLess : otherwise</c>.</summary>
    static abstract TSelf SelectLess(TSelf left, TSelf right, TSelf whenLess, TSelf otherwise);

    /// <summary>2 to the power of a number of eighths, from a table of eight numbers.</summary>
    /// <param name="eighths">The low bits of each lane, taken as an integer, count eighths.</param>
    /// <param name="table">The bits of 2^(j/8), less <c>j</c> * 2^20: as many as fit the vector, and the eight again in a vector of
    /// sixteen.</param>
    /// <param name="tableEnd">The rest of them, in a vector of four.</param>
    static abstract TSelf PowerOfEighths(TSelf eighths, TSelf table, TSelf tableEnd);

    /// <summary>True when any lane is a NaN or an infinity.</summary>
    static abstract bool AnyNonFinite(TSelf value);

    /// <summary>A score where the byte of a boolean mask is not 0, negative infinity where it is.</summary>
    /// <param name="score">The scores.</param>
    /// <param name="attend"><see cref="Count"/> bytes.</param>
    static abstract TSelf KeepAttended(TSelf score, byte* attend);

    /// <summary>Reads <see cref="Count"/> binary16 numbers and widens them exactly, subnormals included.</summary>
    static abstract TSelf LoadFloat16(ushort* source);

    /// <summary>Reads <see cref="Count"/> bfloat16 numbers and widens them exactly.</summary>
    static abstract TSelf LoadBFloat16(ushort* source);

    /// <summary>Widens the binary16 numbers in the lower halves of the lanes, as <see cref="LoadFloat16"/> does.</summary>
    static abstract TSelf LowerFloat16(TSelf pairs);

    /// <summary>Widens the binary16 numbers in the upper halves of the lanes.</summary>
    static abstract TSelf UpperFloat16(TSelf pairs);

    /// <summary>Widens the bfloat16 numbers in the lower halves of the lanes.</summary>
    static abstract TSelf LowerBFloat16(TSelf pairs);

    /// <summary>Widens the bfloat16 numbers in the upper halves of the lanes.</summary>
    static abstract TSelf UpperBFloat16(TSelf pairs);

    /// <summary>Writes binary16 numbers, rounded to nearest, ties to even.</summary>
    static abstract void StoreFloat16(TSelf value, ushort* destination);

    /// <summary>Writes bfloat16 numbers, rounded to nearest, ties to even.</summary>
    static abstract void StoreBFloat16(TSelf value, ushort* destination);
}
