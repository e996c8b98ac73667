using KernelGen.Cpu;
using KernelGen.Execution;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

/// <summary>Numbers at the edges, on every vector path and in every kernel.</summary>
[TestClass]
public sealed class CpuEdgeTests
{
    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.BFloat16)]
    public void HiddenKeys_MayHoldAnything(ElementType elementType) =>
        InEveryWay(EdgeCalls.HiddenNonFinite(elementType), elementType, (call, actual, _, what) =>
        Assert.IsLessThan(
            elementType == ElementType.Float32 ? 1e-6 : 3e-3, RelativeError.Of(EdgeCalls.Cleaned(call).Reference().Output, actual), what));

    [TestMethod]
    public void LargeBiases_CountAsTheLargestNumber() =>
        InEveryWay(EdgeCalls.LargeBiases(ElementType.Float32), ElementType.Float32, (call, actual, logSumExp, what) =>
    {
        AttentionResult expected = call.Reference();
        Assert.IsLessThan(1e-6, RelativeError.Of(expected.Output, actual), what);
        EdgeCalls.AssertLogSumExp(expected.LogSumExp, logSumExp, what);
    });

    [TestMethod]
    public void ARowOfNoNumbers_HasNoLogSumExp_WhateverItsBiases() =>
        InEveryWay([(EdgeCalls.NoNumbersUnderLeastBiases(ElementType.Float32), "")], ElementType.Float32,
            (_, actual, logSumExp, what) => EdgeCalls.AssertNoNumbers(actual, logSumExp, what));

    [TestMethod]
    public void AScoreOfNegativeInfinity_HidesItsKey() =>
        InEveryWay([(EdgeCalls.ScoresOfNegativeInfinity(ElementType.Float32), "")], ElementType.Float32, (call, actual, logSumExp, what) =>
    {
        Assert.IsTrue(actual.AsSpan(4 * 40, 40).IndexOfAnyExcept(0f) < 0, what);
        Assert.AreEqual(float.NegativeInfinity, logSumExp[4], what);
        Assert.IsTrue(actual.Where((_, i) => i / 40 != 4).All(float.IsFinite), what);
    });

    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float16)]
    public void AnInfinityThatARowSees_Shows_WhateverItsWeight(ElementType elementType)
    {
        foreach ((AttentionCall call, Func<int, int, bool> sees, string way) in EdgeCalls.InfinitiesOfWeightZero(elementType))
            InEveryWay([(call, way)], elementType, (_, actual, _, what) => EdgeCalls.AssertInfinitiesShow(actual, sees, what));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void HiddenKeys_AreZeroInTheMap_OfARowOfNoNumbers(bool causal)
    {
        foreach (CpuVectorPath path in CpuCall.SupportedPaths)
        {
            using AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 1, VectorPath = path });
            AttentionCall call = EdgeCalls.RowOfNoNumbers(ElementType.Float32, causal);
            call.Run(host, CpuTestAttention.Catalogue, ElementType.Float32, out _);

            EdgeCalls.AssertHiddenKeysAreZero(call.Options.Map.ToArray(), path.ToString());
        }
    }

    private static void InEveryWay(IEnumerable<(AttentionCall Call, string What)> calls, ElementType elementType,
        Action<AttentionCall, float[], float[], string> check)
    {
        foreach ((AttentionCall call, string what) in calls)
        {
            foreach (CpuVectorPath path in CpuCall.SupportedPaths)
            {
                using AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 1, VectorPath = path });
                foreach (PlanningOptions kernel in CpuCall.Kernels(call.Shape))
                {
                    float[] actual = (call with { Planning = kernel })
                        .Run(host, CpuTestAttention.Catalogue, elementType, out RunReport report);
                    check(call, actual, call.Options.LogSumExp.ToArray(), $"{what}, {report.Plan.Variant.Id}, {path}");
                }
            }
        }
    }
}
