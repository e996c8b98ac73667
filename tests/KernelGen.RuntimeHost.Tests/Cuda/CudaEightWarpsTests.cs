using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Blocks of 128 rows in eight warps, for multiprocessors that hold one block.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
public sealed class CudaEightWarpsTests
{
    private const string FourWarps = "streaming-sm80-f16-d128-r128";

    private static readonly bool[] _attend = [.. Enumerable.Range(0, 200).Select(static key => key % 3 != 1)];

    public static IEnumerable<object[]> Calls =>
    [
        ["plain", new AttentionShape(1, 2, 200, 300, 128), new AttentionOptions()],
        ["causal", new AttentionShape(1, 2, 200, 300, 128), new AttentionOptions { Causal = true, LogSumExp = new float[400] }],
        ["masked", new AttentionShape(1, 1, 140, 200, 128), new AttentionOptions { Mask = AttentionMask.Boolean(_attend, 1, 1, 1, 200) }],
        ["two chunks of keys", new AttentionShape(1, 1, 130, 4200, 128), new AttentionOptions()],
    ];

    [TestMethod]
    [DynamicData(nameof(Calls))]
    public void EightWarps_GiveTheBitsOfFour(string what, AttentionShape shape, AttentionOptions options)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("8.6"));
        AttentionCall call = AttentionCall.Random(shape, ElementType.Float16, options);

        float[] four = call.Run(host, Only(FourWarps), ElementType.Float16, out _);
        float[] logSumExp = options.LogSumExp.ToArray();
        float[] eight = call.Run(host, Only(FourWarps + "-w8"), ElementType.Float16, out _);

        SameBits.Assert(four, eight, what);
        SameBits.Assert(logSumExp, options.LogSumExp.Span, what);
    }

    private static KernelCatalogue Only(string id) =>
        new(id, CudaTestAttention.Catalogue.Variants.ToArray().Single(variant => variant.Id == id));
}
