using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>Which kernel serves the decision of a preset.</summary>
[TestClass]
public sealed class VariantChoiceTests
{
    private static readonly AttentionShape Sd15At1024 = new(2, 8, 16384, 16384, 40);

    [TestMethod]
    [DataRow(2, "materialized-cpu-f16-d40-r2048", 1024, DisplayName = "1024 rows: the smallest slice size that holds them")]
    [DataRow(8, "materialized-cpu-f16-d40-r8192", 4096, DisplayName = "4096 rows")]
    [DataRow(1, "materialized-cpu-f16-d40-r512", 512, DisplayName = "512 rows: exactly a slice size")]
    [DataRow(16, "materialized-cpu-f16-d40-r8192", 8192)]
    [DataRow(64, "materialized-cpu-f16-d40-r8192", 16384, DisplayName = "more rows than any slice size holds: the largest")]
    public void Doggettx_TakesTheSliceSizeThatHoldsItsRows(int gibibytes, string id, int rows)
    {
        SlicePlan plan = PlanningSetup.Plan("doggettx", Sd15At1024, gibibytes * PlanningSetup.GiB);

        Assert.AreEqual((id, rows, 16384), (plan.Variant.Id, plan.RowsPerSlice, plan.KeysPerSlice));
        Assert.AreEqual(plan.Variant.Footprint.Bytes(16, rows, 16384, 16), plan.WorkspaceBytes);
        Assert.IsFalse(plan.Balanced);
    }

    [TestMethod]
    public void KeyChunks_TakeStreaming()
    {
        SlicePlan plan = PlanningSetup.Plan("sub-quadratic", Sd15At1024, PlanningSetup.GiB / 1024);

        Assert.AreEqual("streaming-cpu-f16-d40-r128", plan.Variant.Id);
        Assert.AreEqual((16, 1024, 286, 16), (plan.HeadsPerSlice, plan.RowsPerSlice, plan.KeysPerSlice, plan.SliceCount));
        Assert.AreEqual((SliceAxis.RowsAndKeys, 16L * 58), (plan.Decision.Axis, plan.Decision.Iterations));
    }

    [TestMethod]
    public void KeyChunks_WithAMap_TakeMaterializedWithAllKeys()
    {
        SlicePlan plan = PlanningSetup.Plan(Sd15At1024, PlanningSetup.GiB / 1024, new() { Policy = "sub-quadratic", CaptureMap = true });

        Assert.AreEqual("materialized-cpu-f16-d40-r2048", plan.Variant.Id);
        Assert.AreEqual((16384, 286), (plan.KeysPerSlice, plan.Decision.KeysPerSlice));
        Assert.AreEqual(plan.Variant.Footprint.Bytes(16, 1024, 16384, 16), plan.WorkspaceBytes);
    }

    [TestMethod]
    public void LimitedKeys_ServeShortCallsOnly()
    {
        KernelVariant limited = PlanningSetup.ShortKeys(ElementType.Float16, 40, 80);
        KernelVariant[] both = [limited, PlanningSetup.Streaming(ElementType.Float16, 40)];
        static SlicePlan Plan(int keys, KernelVariant[] variants) => SlicePlanner.Plan(
            new(2, 8, 4096, keys, 40), ElementType.Float16, variants, PlanningSetup.Device, PlanningSetup.Free(PlanningSetup.GiB), new());

        Assert.AreSame(limited, Plan(77, [limited]).Variant);
        Assert.AreSame(limited, Plan(80, [limited]).Variant);
        Assert.AreSame(both[1], Plan(81, both).Variant);
        Assert.ThrowsExactly<NoMatchingVariantException>(() => Plan(81, [limited]));
    }

    [TestMethod]
    public void AllKeys_TakeMaterialized()
    {
        Assert.AreEqual(KernelFamily.Materialized, PlanningSetup.Plan("sub-quadratic", Sd15At1024, 16 * PlanningSetup.GiB).Variant.Family);
        Assert.AreEqual(
            KernelFamily.Materialized, PlanningSetup.Plan("comfyui-sub-quad", Sd15At1024, 2 * PlanningSetup.GiB).Variant.Family);
    }

    [TestMethod]
    public void FamilyAsked_IsTakenWhateverTheOriginalDid()
    {
        SlicePlan plan =
            PlanningSetup.Plan(Sd15At1024, 2 * PlanningSetup.GiB, new() { Policy = "doggettx", Family = KernelFamily.Streaming });

        Assert.AreEqual("streaming-cpu-f16-d40-r128", plan.Variant.Id);
        Assert.AreEqual((1024, 16, 16 * 400_000L), (plan.RowsPerSlice, plan.SliceCount, plan.WorkspaceBytes));
    }

    [TestMethod]
    public void SliceSizeAsked_IsTakenEvenIfSmallerThanTheRows()
    {
        SlicePlan plan = PlanningSetup.Plan(Sd15At1024, 8 * PlanningSetup.GiB, new() { Policy = "doggettx", SliceRows = 512 });

        Assert.AreEqual(("materialized-cpu-f16-d40-r512", 4096, 4), (plan.Variant.Id, plan.RowsPerSlice, plan.SliceCount));
        StringAssert.Contains(Unwrapped(plan.Explain()), "taken: largest; 4096 rows take 8 passes");
    }

    [TestMethod]
    [DataRow("exact")]
    [DataRow("doggettx")]
    public void MapFromStreamingOnly_IsAnErrorThatNamesBoth(string policy)
    {
        var exception = Assert.ThrowsExactly<NoMatchingVariantException>(
            () => SlicePlanner.Plan(
                Sd15At1024, ElementType.Float16, new[] { PlanningSetup.Streaming(ElementType.Float16, 40) }, PlanningSetup.Device,
                PlanningSetup.Free(8 * PlanningSetup.GiB), new() { Policy = policy, CaptureMap = true }));

        StringAssert.Contains(exception.Message, $"policy {policy}");
        StringAssert.Contains(exception.Message, "options.CaptureMap is set");
        StringAssert.Contains(exception.Message, "streaming-cpu-f16-d40-r128");
    }

    [TestMethod]
    public void PresetWithoutItsFamily_IsAnErrorThatSaysWhichItNeeds()
    {
        var exception = Assert.ThrowsExactly<NoMatchingVariantException>(
            () => SlicePlanner.Plan(
                Sd15At1024, ElementType.Float16, new[] { PlanningSetup.Streaming(ElementType.Float16, 40) }, PlanningSetup.Device,
                PlanningSetup.Free(8 * PlanningSetup.GiB), new() { Policy = "invokeai" }));

        StringAssert.Contains(exception.Message, "policy invokeai needs a materialized kernel for f16, head dim 40");
    }

    [TestMethod]
    [DataRow("exact")]
    [DataRow("doggettx")]
    public void SliceSizeThatNoKernelHas_IsAnError(string policy)
    {
        var exception = Assert.ThrowsExactly<NoMatchingVariantException>(
            () => PlanningSetup.Plan(Sd15At1024, 8 * PlanningSetup.GiB, new() { Policy = policy, SliceRows = 999 }));

        StringAssert.Contains(exception.Message, "options.SliceRows is 999");
    }

    [TestMethod]
    public void NoKernelsAtAll_IsAnError()
    {
        var exception = Assert.ThrowsExactly<NoMatchingVariantException>(
            () => SlicePlanner.Plan(
                Sd15At1024, ElementType.Float16, ReadOnlyMemory<KernelVariant>.Empty, PlanningSetup.Device,
                PlanningSetup.Free(PlanningSetup.GiB), new()));

        StringAssert.Contains(exception.Message, "Kernels offered: none");
    }

    [TestMethod]
    public void PresetThatGuessedTooLow_IsGivenAndSaysSo()
    {
        // "v1" looks at no memory: 2 heads x 16384 x 16384 x 4 bytes are 2 GiB.
        SlicePlan plan = PlanningSetup.Plan("v1", Sd15At1024, PlanningSetup.GiB);

        Assert.IsFalse(plan.FitsBudget);
        Assert.AreEqual((2L << 30) + (16 * 300_000), plan.WorkspaceBytes);
        StringAssert.Contains(Unwrapped(plan.Explain()), "EXCEEDS the budget by 1.0 GiB");
    }

    [TestMethod]
    public void Reserve_IsTakenOffBeforeAPresetDecides()
    {
        SlicePlan plan = SlicePlanner.Plan(
            Sd15At1024, ElementType.Float16, PlanningSetup.All(ElementType.Float16, 40), PlanningSetup.Device,
            PlanningSetup.Free(8 * PlanningSetup.GiB, reserve: 6 * PlanningSetup.GiB), new() { Policy = "doggettx" });

        Assert.AreEqual(16L, plan.Decision.Steps);
    }

    private static string Unwrapped(string text) => string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
