using System.Numerics;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Execution;

/// <summary>Counts the output rows that hold a NaN or an infinity.</summary>
internal static unsafe class NonFiniteRows
{
    /// <summary>Counts over the whole output.</summary>
    /// <param name="plan">What ran.</param>
    /// <param name="arguments">The call with host addresses.</param>
    public static long Count(SlicePlan plan, in KernelArguments arguments)
    {
        AttentionShape shape = plan.Shape;
        int size = plan.ElementType.SizeInBytes();
        long rows = 0;
        for (int batch = 0; batch < shape.Batch; batch++)
        {
            for (int head = 0; head < shape.Heads; head++)
            {
                long first = (batch * arguments.OutputStrides.Batch) + (head * arguments.OutputStrides.Head);
                for (int row = 0; row < shape.Queries; row++)
                {
                    byte* address = (byte*)arguments.Output + ((first + (row * arguments.OutputStrides.Row)) * size);
                    if (!IsFinite(address, shape.HeadDim, plan.ElementType))
                    {
                        rows++;
                    }
                }
            }
        }

        return rows;
    }

    private static bool IsFinite(byte* row, int headDim, ElementType elementType) => elementType switch
    {
        // A number is not finite when all bits of its exponent are set.
        ElementType.Float32 => IsFinite(new ReadOnlySpan<uint>(row, headDim), 0x7F80_0000u),
        ElementType.Float16 => IsFinite(new ReadOnlySpan<ushort>(row, headDim), (ushort)0x7C00),
        _ => IsFinite(new ReadOnlySpan<ushort>(row, headDim), (ushort)0x7F80),
    };

    private static bool IsFinite<T>(ReadOnlySpan<T> row, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        int i = 0;
        Vector<T> exponents = new(exponent);
        for (; i <= row.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            if (Vector.EqualsAny(new Vector<T>(row[i..]) & exponents, exponents))
            {
                return false;
            }
        }

        for (; i < row.Length; i++)
        {
            if ((row[i] & exponent) == exponent)
            {
                return false;
            }
        }

        return true;
    }
}
