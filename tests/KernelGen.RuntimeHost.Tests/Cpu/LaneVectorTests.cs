using KernelGen.Cpu.Kernels;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

[TestClass]
public sealed unsafe class LaneVectorTests
{
    [TestMethod]
    public void Float16_IsWidenedExactly()
    {
        AssertWidens<LaneVector512>();
        AssertWidens<LaneVector256>();
        AssertWidens<LaneVector128>();
    }

    [TestMethod]
    public void Numbers_AreRoundedToNearestEven()
    {
        AssertNarrows<LaneVector512>();
        AssertNarrows<LaneVector256>();
        AssertNarrows<LaneVector128>();
    }

    [TestMethod]
    public void Exp2_IsExactAtZero_ZeroFarBelow_AndCloseInBetween()
    {
        AssertExponential<LaneVector512>();
        AssertExponential<LaneVector256>();
        AssertExponential<LaneVector128>();
    }

    [TestMethod]
    [DataRow(8, 8)]
    [DataRow(32, 40)]
    [DataRow(16, 8)]
    [DataRow(13, 21)]
    [DataRow(3, 9)]
    public void Transpose_MovesEveryElement(int rows, int columns)
    {
        float[] source = [.. Enumerable.Range(0, rows * (columns + 3)).Select(i => (float)i)];
        float[] destination = new float[columns * (rows + 5)];
        fixed (float* from = source, to = destination)
            LaneTranspose.Transpose(from, columns + 3, rows, columns, to, rows + 5);

        for (int row = 0; row < rows + 5; row++)
        {
            for (int column = 0; column < columns; column++)
                Assert.AreEqual(row < rows ? source[(row * (columns + 3)) + column] : 0f, destination[(column * (rows + 5)) + row]);
        }
    }

    [TestMethod]
    public void Transpose8x16_MovesEveryByte()
    {
        const int SourceStride = 21, DestinationStride = 11;
        byte[] source = [.. Enumerable.Range(0, 8 * SourceStride).Select(i => (byte)(i + 1))];
        byte[] destination = new byte[16 * DestinationStride];
        fixed (byte* from = source, to = destination)
            LaneTranspose.Transpose8x16(from, SourceStride, to, DestinationStride);

        for (int row = 0; row < DestinationStride; row++)
        {
            for (int column = 0; column < 16; column++)
                Assert.AreEqual(row < 8 ? source[(row * SourceStride) + column] : 0, destination[(column * DestinationStride) + row]);
        }
    }

    [TestMethod]
    public void KeepAttended_HidesLanesWhoseByteIsZero()
    {
        AssertKeeps<LaneVector512>();
        AssertKeeps<LaneVector256>();
        AssertKeeps<LaneVector128>();
    }

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(480, 0)]
    [DataRow(481, 12)]
    [DataRow(492, 12)]
    [DataRow(493, 24)]
    [DataRow(575, 96)]
    [DataRow(576, 96)]
    [DataRow(585, 100)]
    [DataRow(int.MaxValue, 100)]
    public void RowsSeeKeysOfABlock_UpToTheirOwnPosition(int rowEnd, int expected) =>
        Assert.AreEqual(expected, new KeyBlocks(1000, 480, 240, 12).VisibleKeys(begin: 480, keys: 100, rowEnd));

    [TestMethod]
    [DataRow(1)]
    [DataRow(11)]
    [DataRow(12)]
    [DataRow(77)]
    [DataRow(240)]
    [DataRow(241)]
    [DataRow(480)]
    [DataRow(719)]
    [DataRow(720)]
    [DataRow(960)]
    [DataRow(25201)]
    [DataRow(int.MaxValue)]
    public void KeyBlocks_CoverAllKeysOnce_InChunksOfTheSameLength(int keys)
    {
        const int Chunk = 480;
        KeyBlocks blocks = new(keys, Chunk, 240, 12);
        int next = 0, chunkBegin = 0;
        for (int block = 0; block < blocks.Count; block++)
        {
            int length = blocks.End(block) - blocks.Begin(block);

            Assert.AreEqual(next, blocks.Begin(block));
            Assert.AreEqual(0, blocks.Begin(block) % 12);
            Assert.IsTrue(length is > 0 and <= 240 && (length >= 12 || keys < 12));
            next = blocks.End(block);
            if (blocks.EndsChunkButTheLast(block) || next == keys)
            {
                int chunk = next - chunkBegin;
                Assert.IsTrue(chunk == Chunk || (next == keys && (chunk < 720) && (chunk >= 240 || keys < 240)), $"{chunk} keys");
                chunkBegin = next;
            }
        }

        Assert.AreEqual(keys, next);
        Assert.AreEqual(keys, chunkBegin);
        Assert.AreEqual(keys >= 720, blocks.HasChunks);
    }

    private static void AssertKeeps<TVector>()
        where TVector : unmanaged, ILaneVector<TVector>
    {
        byte* attend = stackalloc byte[TVector.Count];
        float* kept = stackalloc float[TVector.Count];
        for (int lane = 0; lane < TVector.Count; lane++)
            attend[lane] = (byte)(lane % 3 * 0x7F);

        TVector.Store(TVector.KeepAttended(TVector.LaneIndices, attend), kept);

        for (int lane = 0; lane < TVector.Count; lane++)
            Assert.AreEqual(attend[lane] == 0 ? float.NegativeInfinity : lane, kept[lane]);
    }

    private static void AssertWidens<TVector>()
        where TVector : unmanaged, ILaneVector<TVector>
    {
        ushort* source = stackalloc ushort[TVector.Count];
        float* widened = stackalloc float[TVector.Count];
        for (int first = 0; first <= ushort.MaxValue; first += TVector.Count)
        {
            for (int lane = 0; lane < TVector.Count; lane++)
                source[lane] = (ushort)(first + lane);

            TVector.Store(TVector.LoadFloat16(source), widened);
            for (int lane = 0; lane < TVector.Count; lane++)
                AssertSame((float)BitConverter.UInt16BitsToHalf(source[lane]), widened[lane]);

            TVector.Store(TVector.LoadBFloat16(source), widened);
            for (int lane = 0; lane < TVector.Count; lane++)
                AssertSame((float)new BFloat16(source[lane]), widened[lane]);
        }
    }

    private static void AssertNarrows<TVector>()
        where TVector : unmanaged, ILaneVector<TVector>
    {
        float* source = stackalloc float[TVector.Count];
        ushort* half = stackalloc ushort[TVector.Count], brain = stackalloc ushort[TVector.Count];
        List<float> numbers = [.. SpecialNumbers()];
        Random random = new(1);
        for (int i = 0; i < 200_000; i++)
            numbers.Add(BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32)));

        for (int first = 0; first + TVector.Count <= numbers.Count; first += TVector.Count)
        {
            for (int lane = 0; lane < TVector.Count; lane++)
                source[lane] = numbers[first + lane];

            TVector.StoreFloat16(TVector.Load(source), half);
            TVector.StoreBFloat16(TVector.Load(source), brain);
            for (int lane = 0; lane < TVector.Count; lane++)
            {
                AssertSame((float)(Half)source[lane], (float)BitConverter.UInt16BitsToHalf(half[lane]));
                AssertSame((float)(BFloat16)source[lane], (float)new BFloat16(brain[lane]));
            }
        }
    }

    // Every half, the numbers half-way between neighbours, and the next floats on both sides of them.
    private static IEnumerable<float> SpecialNumbers()
    {
        for (int bits = 0; bits < ushort.MaxValue; bits++)
        {
            float number = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            float tie = (float)((number + (double)(float)BitConverter.UInt16BitsToHalf((ushort)(bits + 1))) / 2);
            yield return number;
            yield return tie;
            yield return MathF.BitIncrement(tie);
            yield return MathF.BitDecrement(tie);
        }

        foreach (float number in new[] { 65519.996f, 65520f, float.MaxValue, float.Epsilon, 2.9802322e-8f, float.NegativeInfinity })
            yield return number;
    }

    private static void AssertExponential<TVector>()
        where TVector : unmanaged, ILaneVector<TVector>
    {
        LaneExponential<TVector> exponential = new();
        Assert.AreEqual(1f, Exp2(0f));
        Assert.AreEqual(0f, Exp2(-127f));
        Assert.AreEqual(0f, Exp2(float.NegativeInfinity));
        Assert.AreEqual(0f, Exp2(float.MinValue));
        Assert.IsTrue(float.IsNaN(Exp2(float.NaN)));
        Assert.IsTrue(float.IsNaN(Exp2(BitConverter.UInt32BitsToSingle(0x7F80_0001))));
        double worst = 0;
        for (float x = -125f; x <= 1f; x += 0.00137f)
        {
            double expected = Math.Pow(2, x);
            worst = Math.Max(worst, Math.Abs(Exp2(x) - expected) / expected);
        }

        // 2.7e-8 of the polynomial, the rounding of the table and that of the last step.
        Assert.IsLessThan(1.2e-7, worst);
        for (float x = -127f; x < -125f; x = MathF.BitIncrement(x + 0.00137f))
            Assert.IsTrue(Exp2(x) >= 0f && Exp2(x) <= Math.Pow(2, x) * (1 + 1.2e-7), $"2^{x} is {Exp2(x)}");

        float Exp2(float x)
        {
            float* lanes = stackalloc float[TVector.Count];
            TVector.Store(exponential.Exp2(TVector.Create(x)), lanes);
            AssertSame(lanes[0], lanes[TVector.Count - 1]);
            return lanes[TVector.Count - 1];
        }
    }

    private static void AssertSame(float expected, float actual)
    {
        if (BitConverter.SingleToUInt32Bits(expected) != BitConverter.SingleToUInt32Bits(actual)
            && !(float.IsNaN(expected) && float.IsNaN(actual)))
            Assert.Fail($"expected {expected:R}, got {actual:R}");
    }
}
