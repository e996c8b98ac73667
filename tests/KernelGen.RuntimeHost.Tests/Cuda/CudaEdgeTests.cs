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
    public void HiddenKeys_MayHoldAnything(ElementType elementType) =>
        InEveryWay(EdgeCalls.HiddenNonFinite(elementType), elementType, (call, actual, variant, what) =>
        Assert.IsLessThan(CudaTest.Bound(variant), RelativeError.Of(EdgeCalls.Cleaned(call).Reference().Output, actual), what));

    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float16)]
    public void LargeBiases_CountAsTheLargestNumber(ElementType elementType) =>
        InEveryWay(EdgeCalls.LargeBiases(elementType), elementType, (call, actual, variant, what) =>
    {
        AttentionResult expected = call.Reference();
        Assert.IsLessThan(CudaTest.Bound(variant), RelativeError.Of(expected.Output, actual), what);
        EdgeCalls.AssertLogSumExp(expected.LogSumExp, call.Options.LogSumExp.ToArray(), what);
    });

    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float16)]
    public void ARowOfNoNumbers_HasNoLogSumExp_WhateverItsBiases(ElementType elementType) =>
        InEveryWay([(EdgeCalls.NoNumbersUnderLeastBiases(elementType), "")], elementType, (call, actual, variant, what) =>
    {
        // Halves of an infinity are infinity and a NaN: there, key 5 spoils every row.
        if (!variant.Traits.SplitsFloat32)
            EdgeCalls.AssertNoNumbers(actual, call.Options.LogSumExp.ToArray(), what);
    });

    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float16)]
    public void AScoreOfNegativeInfinity_HidesItsKey(ElementType elementType) =>
        InEveryWay([(EdgeCalls.ScoresOfNegativeInfinity(elementType), "")], elementType, (call, actual, variant, what) =>
    {
        // Its halves are infinity and a NaN, and so is the row.
        if (variant.Traits.SplitsFloat32)
            return;

        Assert.IsTrue(actual.AsSpan(4 * 40, 40).IndexOfAnyExcept(0f) < 0, what);
        Assert.AreEqual(float.NegativeInfinity, call.Options.LogSumExp.Span[4], what);
    });

    [TestMethod]
    [DataRow(ElementType.Float32, 40)]
    [DataRow(ElementType.Float16, 40)]
    [DataRow(ElementType.BFloat16, 80)]
    [DataRow(ElementType.Float16, 512)]
    public void AnInfinityThatARowSees_Shows_WhateverItsWeight(ElementType elementType, int headDim)
    {
        foreach (KernelTarget target in Enum.GetValues<KernelTarget>().Where(static target => target != KernelTarget.Cpu))
        {
            using AttentionHost host = CudaTest.Host(CudaTest.Open(CudaTest.CapabilityFor(target)));
            foreach (KernelVariant variant in CudaTestAttention.Of(target).Variants.ToArray()
                .Where(variant => variant.ElementType == elementType && variant.HeadDim == headDim))
            {
                foreach ((AttentionCall call, Func<int, int, bool> sees, string what) in EdgeCalls.InfinitiesOfWeightZero(
                    elementType, headDim))
                {
                    float[] actual = call.Run(host, new KernelCatalogue(variant.Id, variant), elementType, out _);
                    EdgeCalls.AssertInfinitiesShow(actual, sees, $"{what}, {variant.Id}", headDim);
                }
            }
        }
    }

    [TestMethod]
    [DataRow(KernelFamily.Streaming)]
    [DataRow(KernelFamily.Materialized)]
    public void AnInfinityOfWeightZero_HasTheSameBits_InTilesOfAnyRows(KernelFamily family)
    {
        // A tile of keys that causality cuts for one block is plain for another one, which has the same row and begins with a later one.
        KernelCatalogue catalogue =
            family == KernelFamily.Streaming ? CudaTestAttention.Of(KernelTarget.Sm80) : SliceSizeAttention.Catalogue;
        using AttentionHost host = CudaTest.Host(CudaTest.Open());
        foreach ((AttentionCall call, _, string what) in EdgeCalls.InfinitiesOfWeightZero(ElementType.Float16))
        {
            float[]? first = null;
            foreach (KernelVariant variant in catalogue.Variants.ToArray()
                .Where(variant => variant is { Target: KernelTarget.Sm80, HeadDim: 40, ElementType: ElementType.Float16, MaximumKeys: 0 }
                    && variant.Family == family))
            {
                float[] output = call.Run(host, new KernelCatalogue(variant.Id, variant), ElementType.Float16, out _);
                first ??= output;
                SameBits.Assert(first, output, $"{what}, {variant.Id}");
            }
        }
    }

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
        IEnumerable<(AttentionCall Call, string What)> calls, ElementType elementType,
        Action<AttentionCall, float[], KernelVariant, string> check)
    {
        (AttentionCall Call, string What)[] all = [.. calls];
        foreach (KernelTarget target in Enum.GetValues<KernelTarget>().Where(static target => target != KernelTarget.Cpu))
        {
            using AttentionHost host = CudaTest.Host(CudaTest.Open(CudaTest.CapabilityFor(target)));
            KernelCatalogue catalogue = CudaTestAttention.Of(target);
            foreach (KernelFamily family in Enum.GetValues<KernelFamily>())
            {
                if (!catalogue.Variants.ToArray()
                    .Any(variant => variant.ElementType == elementType && variant.HeadDim == 40 && variant.Family == family))
                    continue;

                foreach ((AttentionCall call, string what) in all)
                {
                    if (family == KernelFamily.Streaming && !call.Options.Map.IsEmpty)
                        continue;

                    float[] actual = (call with { Planning = call.Planning with { Family = family } })
                        .Run(host, catalogue, elementType, out RunReport report);
                    check(call, actual, report.Plan.Variant, $"{what}, {report.Plan.Variant.Id}");
                }
            }
        }
    }
}
