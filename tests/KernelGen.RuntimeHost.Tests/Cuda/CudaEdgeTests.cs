using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Numbers at the edges, on every target and in both families.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
public sealed class CudaEdgeTests
{
    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float16)]
    public void HiddenKeys_MayHoldAnything(ElementType elementType) => InEveryWay(EdgeCalls.HiddenNonFinite(elementType), elementType, (call, actual, variant, what) =>
        Assert.IsLessThan(CudaTest.Bound(variant), RelativeError.Of(EdgeCalls.Cleaned(call).Reference().Output, actual), what));

    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float16)]
    public void LargeBiases_CountAsTheLargestNumber(ElementType elementType) => InEveryWay(EdgeCalls.LargeBiases(elementType), elementType, (call, actual, variant, what) =>
    {
        AttentionResult expected = call.Reference();
        Assert.IsLessThan(CudaTest.Bound(variant), RelativeError.Of(expected.Output, actual), what);
        EdgeCalls.AssertLogSumExp(expected.LogSumExp, call.Options.LogSumExp.ToArray(), what);
    });

    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float16)]
    public void AScoreOfNegativeInfinity_HidesItsKey(ElementType elementType) => InEveryWay([(EdgeCalls.ScoresOfNegativeInfinity(elementType), "")], elementType, (call, actual, variant, what) =>
    {
        // Its halves are infinity and a NaN, and so is the row.
        if (variant.Traits.SplitsFloat32)
            return;

        Assert.IsTrue(actual.AsSpan(4 * 40, 40).IndexOfAnyExcept(0f) < 0, what);
        Assert.AreEqual(float.NegativeInfinity, call.Options.LogSumExp.Span[4], what);
    });

    [TestMethod]
    public void AnInfinityThatARowSees_Shows_WhateverItsWeight() =>
        InEveryWay([(EdgeCalls.InfinityOfWeightZero(ElementType.Float32), "")], ElementType.Float32, (_, actual, variant, what) => EdgeCalls.AssertInfinityShows(actual, what), KernelTarget.Simt);

    [TestMethod]
    [DataRow(ElementType.Float32, true)]
    [DataRow(ElementType.Float32, false)]
    [DataRow(ElementType.Float16, false)]
    public void HiddenKeys_AreZeroInTheMap_OfARowOfNoNumbers(ElementType elementType, bool causal)
    {
        AttentionCall call = EdgeCalls.RowOfNoNumbers(elementType, causal);
        InEveryWay([(call, "")], elementType, (_, _, variant, what) => EdgeCalls.AssertHiddenKeysAreZero(call.Options.Map.ToArray(), what));
    }

    private static void InEveryWay(
        IEnumerable<(AttentionCall Call, string What)> calls, ElementType elementType, Action<AttentionCall, float[], KernelVariant, string> check, KernelTarget? only = null)
    {
        (AttentionCall Call, string What)[] all = [.. calls];
        foreach (KernelTarget target in Enum.GetValues<KernelTarget>().Where(target => target != KernelTarget.Cpu && (only ?? target) == target))
        {
            using AttentionHost host = CudaTest.Host(CudaTest.Open(CudaTest.CapabilityFor(target)));
            KernelCatalogue catalogue = CudaTestAttention.Of(target);
            foreach (KernelFamily family in Enum.GetValues<KernelFamily>())
            {
                if (!catalogue.Variants.ToArray().Any(variant => variant.ElementType == elementType && variant.HeadDim == 40 && variant.Family == family))
                    continue;

                foreach ((AttentionCall call, string what) in all)
                {
                    if (family == KernelFamily.Streaming && !call.Options.Map.IsEmpty)
                        continue;

                    float[] actual = (call with { Planning = call.Planning with { Family = family } }).Run(host, catalogue, elementType, out RunReport report);
                    check(call, actual, report.Plan.Variant, $"{what}, {report.Plan.Variant.Id}");
                }
            }
        }
    }
}
