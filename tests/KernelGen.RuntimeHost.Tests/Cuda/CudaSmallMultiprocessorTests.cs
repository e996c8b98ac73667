using KernelGen.Cuda;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Kernels that are made for multiprocessors with little shared memory.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed class CudaSmallMultiprocessorTests
{
    private const string FourWarps = "streaming-sm80-f16-d128-r128";
    private const string EightWarps = "streaming-sm80-f16-d128-r128-w8";

    [TestMethod]
    [DataRow("8.0", false)]
    [DataRow("8.6", true)]
    [DataRow("9.0", false)]
    [DataRow("12.0", true)]
    public void Plans_ConsiderThemWhereMultiprocessorsAreSmall(string capability, bool isOffered)
    {
        using CudaDevice device = CudaTest.Open(capability);
        using AttentionHost host = CudaTest.Host(device);

        SlicePlan plan = host.Plan<Half>(CudaTestAttention.Catalogue, new(1, 8, 1024, 1024, 128));

        Assert.AreEqual(isOffered, plan.Explain().Contains(EightWarps, StringComparison.Ordinal));
        Assert.AreEqual(isOffered, device.ReasonAgainst(Variant(EightWarps)) is null);
        Assert.AreEqual(isOffered, new CudaArchitecture(device.Limits.ComputeCapability).Runs(Variant(EightWarps)));
        Assert.IsNull(device.ReasonAgainst(Variant(FourWarps)));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void EightWarps_GiveTheBitsOfFour(bool causal)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("8.6"));
        AttentionCall call = AttentionCall.Random(new(1, 2, 200, 300, 128), ElementType.Float16, new() { Causal = causal });

        float[] four = call.Run(host, Only(FourWarps), ElementType.Float16, out RunReport withFour);
        float[] eight = call.Run(host, Only(EightWarps), ElementType.Float16, out RunReport withEight);

        Assert.AreEqual((FourWarps, EightWarps), (withFour.Plan.Variant.Id, withEight.Plan.Variant.Id));
        Assert.AreSequenceEqual(four, eight);
    }

    private static KernelVariant Variant(string id) => CudaTestAttention.Catalogue.Variants.ToArray().Single(variant => variant.Id == id);

    private static KernelCatalogue Only(string id) => new(nameof(CudaTestAttention), [Variant(id)]);
}
