using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace KernelGen.Cpu.Kernels;

/// <summary>Transposes matrices between rows of a tensor and lanes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class LaneTranspose
{
    /// <summary>
    /// Writes the transpose of a matrix, in blocks of 8 x 8 where the machine has 256-bit vectors, then 4 x 4, then one by one.
    /// </summary>
    /// <param name="source">The matrix, <c>[rows][columns]</c>.</param>
    /// <param name="sourceStride">From a row of the source to the next.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="destination">Receives <c>[columns][rows]</c>.</param>
    /// <param name="destinationStride">From a row of the destination to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, long sourceStride, int rows, int columns, float* destination, long destinationStride)
    {
        int row = 0;
        if (Avx.IsSupported)
        {
            for (; row <= rows - 8; row += 8)
            {
                int column = 0;
                for (; column <= columns - 8; column += 8)
                {
                    Block8(source + (row * sourceStride) + column, sourceStride, destination + (column * destinationStride) + row,
                        destinationStride);
                }

                for (; column <= columns - 4; column += 4)
                {
                    float* from = source + (row * sourceStride) + column, to = destination + (column * destinationStride) + row;
                    Block4(from, sourceStride, to, destinationStride);
                    Block4(from + (4 * sourceStride), sourceStride, to + 4, destinationStride);
                }

                if (column < columns)
                {
                    Rest(source, sourceStride, row, row + 8, column, columns, destination, destinationStride);
                }
            }
        }

        for (; row <= rows - 4; row += 4)
        {
            int column = 0;
            for (; column <= columns - 4; column += 4)
            {
                Block4(source + (row * sourceStride) + column, sourceStride, destination + (column * destinationStride) + row,
                    destinationStride);
            }

            if (column < columns)
            {
                Rest(source, sourceStride, row, row + 4, column, columns, destination, destinationStride);
            }
        }

        Rest(source, sourceStride, row, rows, 0, columns, destination, destinationStride);
    }

    /// <summary>Writes the transpose of 8 rows of 16 bytes.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="sourceStride">From a row of the source to the next.</param>
    /// <param name="destination">Receives 16 rows of 8 bytes.</param>
    /// <param name="destinationStride">From a row of the destination to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose8x16(byte* source, long sourceStride, byte* destination, long destinationStride)
    {
        // Each step doubles how many rows lie side by side: r and r + 4, then r + 2 and r + 6 among them, then r + 1 and all others.
        Vector128<byte> r0 = Vector128.Load(source), r1 = Vector128.Load(source + sourceStride);
        Vector128<byte> r2 = Vector128.Load(source + (2 * sourceStride)), r3 = Vector128.Load(source + (3 * sourceStride));
        Vector128<byte> r4 = Vector128.Load(source + (4 * sourceStride)), r5 = Vector128.Load(source + (5 * sourceStride));
        Vector128<byte> r6 = Vector128.Load(source + (6 * sourceStride)), r7 = Vector128.Load(source + (7 * sourceStride));
        Columns(Low(r0, r4), Low(r1, r5), Low(r2, r6), Low(r3, r7), destination, destinationStride);
        Columns(High(r0, r4), High(r1, r5), High(r2, r6), High(r3, r7), destination + (8 * destinationStride), destinationStride);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Columns(
            Vector128<byte> r04, Vector128<byte> r15, Vector128<byte> r26, Vector128<byte> r37, byte* destination, long stride)
        {
            Vector128<byte> even = Low(r04, r26), odd = Low(r15, r37);
            Store(Low(even, odd), destination, stride);
            Store(High(even, odd), destination + (2 * stride), stride);
            even = High(r04, r26);
            odd = High(r15, r37);
            Store(Low(even, odd), destination + (4 * stride), stride);
            Store(High(even, odd), destination + (6 * stride), stride);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Store(Vector128<byte> two, byte* destination, long stride)
        {
            *(ulong*)destination = two.AsUInt64().ToScalar();
            *(ulong*)(destination + stride) = two.AsUInt64().GetElement(1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<byte> Low(Vector128<byte> left, Vector128<byte> right) =>
            Sse2.IsSupported ? Sse2.UnpackLow(left, right)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left, right)
            : Interleave(left.GetLower(), right.GetLower());

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<byte> High(Vector128<byte> left, Vector128<byte> right) =>
            Sse2.IsSupported ? Sse2.UnpackHigh(left, right)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left, right)
            : Interleave(left.GetUpper(), right.GetUpper());

        static Vector128<byte> Interleave(Vector64<byte> left, Vector64<byte> right) =>
            Vector128.WidenLower(left.ToVector128()).AsByte() | (Vector128.WidenLower(right.ToVector128()) << 8).AsByte();
    }

    private static void Rest(
        float* source, long sourceStride, int row, int rowEnd, int column, int columnEnd, float* destination, long destinationStride)
    {
        for (; row < rowEnd; row++)
        {
            for (int c = column; c < columnEnd; c++)
            {
                destination[(c * destinationStride) + row] = source[(row * sourceStride) + c];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block8(float* source, long sourceStride, float* destination, long destinationStride)
    {
        // Rows r and r + 4 share a vector, so that only 128-bit halves have to be transposed.
        Vector256<float> a = Pair(source, sourceStride, 0), b = Pair(source, sourceStride, 1);
        Vector256<float> c = Pair(source, sourceStride, 2), d = Pair(source, sourceStride, 3);
        Store(a, b, c, d, destination, destinationStride);
        a = Pair(source + 4, sourceStride, 0);
        b = Pair(source + 4, sourceStride, 1);
        c = Pair(source + 4, sourceStride, 2);
        d = Pair(source + 4, sourceStride, 3);
        Store(a, b, c, d, destination + (4 * destinationStride), destinationStride);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Pair(float* source, long stride, int row) =>
            Vector256.Create(Vector128.Load(source + (row * stride)), Vector128.Load(source + ((row + 4) * stride)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Store(
            Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* destination, long stride)
        {
            Vector256<double> ab0 = Avx.UnpackLow(a, b).AsDouble(), ab1 = Avx.UnpackHigh(a, b).AsDouble();
            Vector256<double> cd0 = Avx.UnpackLow(c, d).AsDouble(), cd1 = Avx.UnpackHigh(c, d).AsDouble();
            Avx.UnpackLow(ab0, cd0).AsSingle().Store(destination);
            Avx.UnpackHigh(ab0, cd0).AsSingle().Store(destination + stride);
            Avx.UnpackLow(ab1, cd1).AsSingle().Store(destination + (2 * stride));
            Avx.UnpackHigh(ab1, cd1).AsSingle().Store(destination + (3 * stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block4(float* source, long sourceStride, float* destination, long destinationStride)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + sourceStride);
        Vector128<float> c = Vector128.Load(source + (2 * sourceStride)), d = Vector128.Load(source + (3 * sourceStride));
        Vector128<double> ab0 = InterleaveLow(a, b).AsDouble(), ab1 = InterleaveHigh(a, b).AsDouble();
        Vector128<double> cd0 = InterleaveLow(c, d).AsDouble(), cd1 = InterleaveHigh(c, d).AsDouble();
        Vector128.Create(ab0.GetLower(), cd0.GetLower()).AsSingle().Store(destination);
        Vector128.Create(ab0.GetUpper(), cd0.GetUpper()).AsSingle().Store(destination + destinationStride);
        Vector128.Create(ab1.GetLower(), cd1.GetLower()).AsSingle().Store(destination + (2 * destinationStride));
        Vector128.Create(ab1.GetUpper(), cd1.GetUpper()).AsSingle().Store(destination + (3 * destinationStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLow(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.UnpackLow(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left, right)
        : Vector128.Create(left[0], right[0], left[1], right[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.UnpackHigh(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left, right)
        : Vector128.Create(left[2], right[2], left[3], right[3]);
}
