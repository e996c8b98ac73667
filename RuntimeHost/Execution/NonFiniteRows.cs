using System.Numerics;
using System.Runtime.InteropServices;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Execution;

/// <summary>Counts the output rows that hold a NaN or an infinity.</summary>
internal static unsafe class NonFiniteRows
{
    /// <summary>Counts them in the whole output.</summary>
    /// <param name="plan">What ran.</param>
    /// <param name="call">The call with host addresses.</param>
    public static long Count(SlicePlan plan, in KernelArguments call)
    {
        long count = 0;
        for (int head = 0; head < plan.Shape.TotalHeads; head++)
        {
            count += Count(call, plan.ElementType, plan.Shape.HeadDim, head, 0, plan.Shape.Queries);
        }

        return count;
    }

    /// <summary>Counts them in a range of rows of a head.</summary>
    /// <param name="call">The call with host addresses.</param>
    /// <param name="elementType">The output's element type.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="head">The head, counted over <c>batch * heads</c>.</param>
    /// <param name="rowBegin">First row.</param>
    /// <param name="rowEnd">Past the last row.</param>
    public static int Count(in KernelArguments call, ElementType elementType, int headDim, int head, int rowBegin, int rowEnd)
    {
        (int batch, int queryHead) = Math.DivRem(head, call.Heads);
        long origin = (batch * call.OutputStrides.Batch) + (queryHead * call.OutputStrides.Head);
        int count = 0;
        for (int row = rowBegin; row < rowEnd; row++)
        {
            long at = origin + (row * call.OutputStrides.Row);
            bool nonFinite = elementType switch
            {
                ElementType.Float16 => Any<ushort>(new((ushort*)call.Output + at, headDim), 0x7C00),
                ElementType.BFloat16 => Any<ushort>(new((ushort*)call.Output + at, headDim), 0x7F80),
                _ => Any<uint>(new((uint*)call.Output + at, headDim), 0x7F80_0000u),
            };
            count += nonFinite ? 1 : 0;
        }

        return count;
    }

    // A number is a NaN or an infinity when all bits of its exponent are set.
    private static bool Any<T>(ReadOnlySpan<T> row, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<Vector<T>> vectors = MemoryMarshal.Cast<T, Vector<T>>(row);
        Vector<T> mask = Vector.Create(exponent);
        foreach (Vector<T> vector in vectors)
        {
            if (Vector.EqualsAny(vector & mask, mask))
            {
                return true;
            }
        }

        foreach (T element in row[(vectors.Length * Vector<T>.Count)..])
        {
            if ((element & exponent) == exponent)
            {
                return true;
            }
        }

        return false;
    }
}
