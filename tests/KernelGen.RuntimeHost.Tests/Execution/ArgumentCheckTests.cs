using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Execution;

/// <summary>What the host refuses before a kernel may touch memory.</summary>
[TestClass]
public sealed class ArgumentCheckTests
{
    private static readonly AttentionHost _host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 1 });

    [TestMethod]
    [DataRow(0, 5)]
    [DataRow(0, 0)]
    [DataRow(5, 0)]
    public void NoQueriesOrNoKeys_AreLegal_ForManyHeads(int queries, int keys)
    {
        AttentionShape shape = new(2, 3, queries, keys, 40);

        float[] output = Run(shape, AttentionOptions.Default, shape.QueryElements, shape.KeyElements);

        Assert.IsTrue(Array.TrueForAll(output, x => x == 0));
    }

    [TestMethod]
    [DataRow(0, 40, 40, DisplayName = "heads lie where rows do")]
    [DataRow(0, 0, 40, DisplayName = "heads lie on one another")]
    [DataRow(1600, 20, 100, DisplayName = "heads overlap by half")]
    [DataRow(60, 400, 40, DisplayName = "batch items lie within heads")]
    [DataRow(4000, 400, 39, DisplayName = "rows overlap by one element")]
    public void OutputStridesThatOverlap_AreRefused(long batch, long head, long row)
    {
        AttentionShape shape = new(2, 4, 9, 9, 40);

        ArgumentException fault = Refusal(shape, new() { OutputStrides = new(batch, head, row) });

        Assert.Contains("overlap", fault.Message);
    }

    [TestMethod]
    public void StridesBeyondAllMemory_AreRefused()
    {
        AttentionShape shape = new(1, 1, 9, 9, 40);

        Assert.Contains("needs", Refusal(shape, new() { QueryStrides = new(0, 0, 1L << 61) }).Message);
        Assert.Contains("negative", Refusal(shape, new() { KeyStrides = new(0, 0, -40) }).Message);
    }

    [TestMethod]
    public void ShortTensors_AreRefused_WithWhatTheyNeed()
    {
        AttentionShape shape = new(1, 2, 9, 7, 40);

        ArgumentException fault =
            Assert.ThrowsExactly<ArgumentException>(() => Run(shape, AttentionOptions.Default, shape.QueryElements, shape.KeyElements - 1));

        Assert.Contains("key tensor has 559 elements", fault.Message);
        Assert.Contains("needs 560", fault.Message);
    }

    [TestMethod]
    public void WrittenMemory_MayNotBeSharedWithAnything()
    {
        AttentionShape shape = new(1, 1, 8, 8, 40);
        SlicePlan plan = _host.Plan<float>(CpuTestAttention.Catalogue, shape),
        mapped = _host.Plan<float>(CpuTestAttention.Catalogue, shape, new() { CaptureMap = true });
        float[] tensor = new float[320], output = new float[320];
        void AssertOverlap(SlicePlan plan, float[] output, AttentionOptions? options) =>
            Assert.Contains("overlap",
                Assert.ThrowsExactly<ArgumentException>(() => _host.Run<float>(plan, tensor, tensor, tensor, output, options)).Message);

        AssertOverlap(plan, tensor, null);
        AssertOverlap(plan, output, new() { LogSumExp = output.AsMemory(0, 8) });
        AssertOverlap(mapped, output, new() { Map = tensor.AsMemory(0, 64) });
    }

    [TestMethod]
    public void MapWithoutAPlanForIt_IsRefused()
    {
        AttentionShape shape = new(1, 1, 8, 8, 40);

        Assert.Contains("CaptureMap", Refusal(shape, new() { Map = new float[64] }).Message);
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(3e38f)]
    public void ScaleThatIsNotFiniteInUnitsOfLog2_IsRefused(float scale) =>
        Assert.Contains("scale", Refusal(new(1, 1, 8, 8, 40), new() { Scale = scale }).Message);

    [TestMethod]
    public void UnknownLayout_IsRefused() =>
        Assert.Contains("layout", Refusal(new(1, 1, 8, 8, 40), new() { Layout = (AttentionLayout)7 }).Message);

    [TestMethod]
    public void LaunchWithoutArguments_IsRefused()
    {
        SlicePlan plan = _host.Plan<float>(CpuTestAttention.Catalogue, new(1, 1, 8, 8, 40));

        Assert.Contains("CreateArguments", Assert.ThrowsExactly<ArgumentException>(() => _host.Launch(plan, default)).Message);
        Assert.Contains(
            "address", Assert.ThrowsExactly<ArgumentException>(() => _host.Launch(plan, AttentionHost.CreateArguments(plan))).Message);
    }

    [TestMethod]
    public void DefaultShape_IsRefused() =>
        Assert.ThrowsExactly<ArgumentException>(() => _host.Plan<float>(CpuTestAttention.Catalogue, default));

    [TestMethod]
    public void MaskWhoseSizeWrapsAround_IsRefused() =>
        Assert.ThrowsExactly<ArgumentException>(() => AttentionMask.Boolean(default, 1 << 15, 1 << 15, 1 << 17, 1 << 17));

    [TestMethod]
    public void ElementCounts_StopAtTheLargestNumber()
    {
        AttentionShape shape = new(1 << 15, 1 << 15, int.MaxValue, int.MaxValue, 512);

        Assert.AreEqual((long.MaxValue, long.MaxValue), (shape.ScoreElements, shape.TensorBytes(ElementType.Float32)));
    }

    private static ArgumentException Refusal(AttentionShape shape, AttentionOptions options) =>
        Assert.ThrowsExactly<ArgumentException>(() => Run(shape, options, 1 << 16, 1 << 16));

    private static float[] Run(AttentionShape shape, AttentionOptions options, long queryElements, long keyElements)
    {
        SlicePlan plan = _host.Plan<float>(CpuTestAttention.Catalogue, shape, new() { Family = KernelFamily.Streaming });
        float[] output = new float[queryElements];
        _host.Run<float>(plan, new float[queryElements], new float[keyElements], new float[keyElements], output, options);
        return output;
    }
}
