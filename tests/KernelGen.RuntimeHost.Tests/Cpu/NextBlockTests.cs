using KernelGen.Cpu.Kernels;
using KernelGen.Kernels;

namespace KernelGen.RuntimeHost.Tests.Cpu;

[TestClass]
public sealed unsafe class NextBlockTests
{
    private const int HeadDim = 40;
    private const int Groups = 16;
    private const int ScoreKeys = 12;
    private const int KeyStart = 0x10000;
    private const int ValueStart = 0x900000;

    [TestMethod]
    [DataRow(1000, 0)]
    [DataRow(1000, 1)]
    [DataRow(1000, 2)]
    [DataRow(77, 0)]
    public void Shares_CoverTheBlockThatComesNext_AndTheFirstAfterTheLast(int keys, int block)
    {
        KeyBlocks blocks = new(keys, 480, 480, 12);
        int next = block + 1 < blocks.Count ? block + 1 : 0;
        long begin = blocks.Begin(next) * HeadDim * sizeof(float), end = blocks.End(next) * HeadDim * sizeof(float);

        NextBlock share = After<float>(blocks, block, HeadDim);

        Assert.AreEqual(KeyStart + begin, (long)share.Share(0).Keys);
        Assert.AreEqual(ValueStart + begin, (long)share.Share(0).Values);
        long length = share.Share(1).Keys - share.Share(0).Keys;
        Assert.AreEqual(length, share.Share(1).Values - share.Share(0).Values);
        Assert.AreEqual(KeyStart + end, (long)share.Share(Groups).Keys, Groups);

        // A lane group takes a step after each two elements of each tile of keys.
        long steps = (long)(blocks.End(next) - blocks.Begin(next) + ScoreKeys - 1) / ScoreKeys * (HeadDim / 2);
        Assert.IsGreaterThanOrEqualTo(length, steps * share.Step);
        Assert.IsLessThanOrEqualTo(2 * length, steps * share.Step);
    }

    [TestMethod]
    public void HalfTheBytes_AreAskedForInHalfTheSteps()
    {
        KeyBlocks blocks = new(1000, 480, 480, 12);

        Assert.AreEqual(After<float>(blocks, 0, HeadDim).Step, 2 * After<Half>(blocks, 0, HeadDim).Step);
    }

    [TestMethod]
    public void RowsWithGaps_AreNotAskedFor()
    {
        NextBlock next = After<float>(new(1000, 480, 480, 12), 0, HeadDim + 8);

        Assert.AreEqual(0, next.Step);
        Assert.AreEqual((long)next.Share(0).Keys, (long)next.Share(5).Keys);
    }

    private static NextBlock After<TElement>(KeyBlocks blocks, int block, int rowStride)
        where TElement : unmanaged
    {
        KernelArguments call = new()
        {
            Key = KeyStart,
            Value = ValueStart,
            Heads = 1,
            KeyValueHeads = 1,
            KeyStrides = new(0, 0, rowStride),
            ValueStrides = new(0, 0, rowStride),
        };
        return NextBlock.After(new TileTensors<TElement>(call, 0), call, blocks, block, HeadDim, Groups, ScoreKeys);
    }
}
