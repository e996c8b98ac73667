using System.Numerics;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>
/// Calls that a measurement of one of them is taken to hold for: the same element type, head dim and causality, and total heads, queries
/// and keys that round up to the same powers of two. Within a class times are scaled as the cost model scales them.
/// </summary>
internal readonly record struct ShapeClass(
    ElementType ElementType, int HeadDim, bool Causal, bool SharesKeys, int HeadBits, int QueryBits, int KeyBits)
{
    /// <summary>The class of a call.</summary>
    public static ShapeClass Of(in AttentionShape shape, ElementType elementType, bool causal) => new(
        elementType, shape.HeadDim, causal, shape.KeyValueHeads < shape.Heads, Bits(shape.TotalHeads), Bits(shape.Queries),
        Bits(shape.Keys));

    private static int Bits(int count) => count <= 1 ? count : BitOperations.Log2((uint)(count - 1)) + 2;
}
