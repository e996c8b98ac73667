using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>What the driver says of a loaded kernel's blocks.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed class CudaOccupancyTests
{
    [TestMethod]
    [DataRow("streaming-sm80-f16-d64-r128", "8.0", 2)]
    [DataRow("streaming-sm80-f16-d128-r128", "8.0", 2)]
    [DataRow("streaming-sm80-f16-d128-r128", "8.6", 1)]
    [DataRow("streaming-sm90a-f16-d64-r64", "9.0", 2)]
    public void CompilerThatTakesAllTheRegistersItMay_KeepsThePromise(string id, string capability, int blocks)
    {
        using CudaDevice device = CudaTest.Open(capability);

        CudaStageInfo stage = device.Inspect(Variant(id)).Stages[0];

        Assert.AreEqual((blocks, blocks), (stage.PromisedBlocks, stage.ResidentBlocks));
    }

    [TestMethod]
    public void CompilerThatTakesFewer_LeavesRoomForMoreBlocks_WhichTheNextWarmupPlansWith()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("8.0"));
        Emulator.Set("REGISTERS", "128");
        AttentionShape shape = new(1, 8, 512, 512, 40);

        CudaStageInfo stage = ((CudaDevice)host.Device).Inspect(host.Plan<Half>(CudaTestAttention.Catalogue, shape).Variant).Stages[0];
        string before = host.Plan<Half>(CudaTestAttention.Catalogue, shape).Explain();
        string after = host.Warmup<Half>(CudaTestAttention.Catalogue, shape).Plan.Explain();

        Assert.AreEqual((2, 4), (stage.PromisedBlocks, stage.ResidentBlocks));
        Assert.Contains("2 blocks of 4 warps at once, as its launch bounds promise", Unwrapped(before));
        Assert.Contains("4 blocks of 4 warps at once, as it was compiled", Unwrapped(after));
    }

    private static KernelVariant Variant(string id) => CudaTestAttention.Catalogue.Variants.ToArray().Single(variant => variant.Id == id);

    private static string Unwrapped(string text) =>
        string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
