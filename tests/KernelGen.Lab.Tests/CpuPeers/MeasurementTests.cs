using KernelGen.Lab.CpuPeers;
using KernelGen.Tensors;

namespace KernelGen.Lab.Tests.CpuPeers;

[TestClass]
public sealed class MeasurementTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void AStreamingRead_ReadsEveryByte_OnEveryThread(int threads)
    {
        // Every byte is 1; a byte may be missing where a part is no whole number of vectors.
        using StreamingRead read = new(1 << 20, threads);
        Assert.IsGreaterThan((1 << 20) - (threads * 1024), read.Bytes);
        read.Run();
        read.Run();

        // Sums of vectors of 8 bytes: each byte's place gets one for each of them.
        ulong ones = 0x0101_0101_0101_0101;
        Assert.AreEqual(unchecked((ulong)(read.Bytes / sizeof(ulong)) * ones), read.Sum);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [DoNotParallelize]
    public void PeakMemory_GrowsByWhatIsTouched()
    {
        const int bytes = 64 << 20;
        long? growth = PeakMemory.Growth(() =>
        {
            byte[] memory = GC.AllocateUninitializedArray<byte>(bytes);
            memory.AsSpan().Fill(1);
            GC.KeepAlive(memory);
        });
        Assert.IsNotNull(growth);
        Assert.IsGreaterThan(bytes / 2, growth.Value);
    }

    [TestMethod]
    [DataRow("1,4/2,3,50,16", 1)]
    [DataRow("2,4,1,50,16", 2)]
    public void TheLoopOnTensorPrimitives_IsRight(string sizes, int threads)
    {
        ComparedCall call = new(ComparedShapes.Parse(sizes).Single(), ElementType.Float32);
        TensorPrimitivesPeer peer = new();
        Assert.IsNull(peer.ReasonAgainst(call.Shape, call.ElementType));
        using IContender contender = peer.Create(call, threads);
        contender.Run();
        float[] output = new float[call.Query.Length];
        contender.ReadOutput(output);
        Assert.IsLessThan(2e-6, call.ErrorOf(output));
    }

    [TestMethod]
    public void Processors_AreToldApart()
    {
        Assert.AreEqual("AMD EPYC (family 25 model 17, Zen 4)", Processor.Describe("AMD EPYC", "25", "17"));
        Assert.AreEqual("AMD EPYC (family 25 model 1, Zen 3)", Processor.Describe("AMD EPYC", "25", "1"));
        Assert.AreEqual("AMD EPYC (family 26 model 2, Zen 5)", Processor.Describe("AMD EPYC", "26", "2"));
        Assert.AreEqual("Intel(R) Xeon(R) (family 6 model 143)", Processor.Describe("Intel(R) Xeon(R)", "6", "143"));
        Assert.AreEqual("Neoverse", Processor.Describe("Neoverse", null, null));
    }
}
