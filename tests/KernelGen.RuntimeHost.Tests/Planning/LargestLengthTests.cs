using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

[TestClass]
public sealed class LargestLengthTests
{
    private static readonly PlanningOptions Whole = new() { SafetyFactor = 1 };

    [TestMethod]
    public void SelfAttention_GrowsInQueriesAndKeys()
    {
        // Streaming on 16 workers takes 6.4 MB at any length; the rest of a GiB is tensors of 4 x 16 x 40 x 2 = 5120 bytes a row.
        long free = PlanningSetup.GiB;
        int expected = 4096 + (int)((free - 400_000) / 5120);

        Assert.AreEqual(expected, Largest(new(2, 8, 4096, 4096, 40), free, Whole));
    }

    [TestMethod]
    public void Prompt_KeepsItsKeys()
    {
        // Only Q and the output grow: 2 x 16 x 40 x 2 = 2560 bytes a row.
        long free = PlanningSetup.GiB;
        int expected = 4096 + (int)((free - 400_000) / 2560);

        PlanningOptions streaming = Whole with { Family = KernelFamily.Streaming };
        Assert.AreEqual(expected, Largest(new(2, 8, 4096, 77, 40), free, streaming));
        Assert.AreEqual(expected, Largest(new(2, 8, 4096, 512, 40), free, streaming));
    }

    [TestMethod]
    public void OtherKeys_KeepTheirRatio()
    {
        // 1024 queries and 513 keys: two rows of each query and, rounded, 513 / 1024 of two rows of keys.
        AttentionShape shape = new(1, 1, 1024, 513, 64);
        int length = Largest(shape, 100_000_000, Whole);

        Assert.AreEqual(513L * 2, LargestLengthSearch.KeysFor(shape, 2048));
        Assert.AreEqual(2L, LargestLengthSearch.KeysFor(shape, 3), "1.503 is rounded");
        AttentionShape scaled = new(1, 1, length, (int)LargestLengthSearch.KeysFor(shape, length), 64);
        long growth = scaled.TensorBytes(ElementType.Float16) - shape.TensorBytes(ElementType.Float16);
        Assert.IsLessThanOrEqualTo(100_000_000 - 400_000, growth);
        Assert.IsGreaterThan(100_000_000 - 400_000 - 512, growth);
    }

    [TestMethod]
    public void ShorterCall_GivesItsTensorsBack()
    {
        // No free memory at all: one tile of scratch has to come out of the tensors, 400000 / 5120 = 78.1 rows of them.
        Assert.AreEqual(4096 - 79, Largest(new(2, 8, 4096, 4096, 40), 0, Whole));
    }

    [TestMethod]
    public void GroupedKeys_TakeLess()
    {
        // 48 query heads and 12 key heads: 2 x (48 + 12) x 128 x 2 bytes a row.
        long free = PlanningSetup.GiB;
        Assert.AreEqual(4096 + (int)((free - 400_000) / 30720), Largest(new(1, 48, 4096, 4096, 128, keyValueHeads: 12), free, Whole));
    }

    [TestMethod]
    public void Materialized_IsLimitedByOneTileOfScores()
    {
        // One tile of one head: 128 rows x 4 bytes x L keys rounded up to 8, scratch of 300000, tensors of 4 x 128 bytes a row.
        int length = Largest(new(1, 1, 1024, 1024, 64), 100_000_000, Whole with { Family = KernelFamily.Materialized });
        long Taken(long l) => ((l + 7) / 8 * 8 * 512) + 300_000 + ((l - 1024) * 512);

        Assert.IsLessThanOrEqualTo(100_000_000, Taken(length));
        Assert.IsGreaterThan(100_000_000, Taken(length + 1));
    }

    [TestMethod]
    public void NoWorkspaceAtAll_IsLimitedByTensors()
    {
        KernelVariant[] variants = [PlanningSetup.Streaming(ElementType.Float16, 64)];
        int length = SlicePlanner.LargestLength(
            new(1, 1, 1000, 1000, 64), ElementType.Float16, variants, PlanningSetup.WithoutWorkers,
            PlanningSetup.Free(51_200_000, reserve: 512), new());

        Assert.AreEqual(1000 + 99_999, length);
    }

    [TestMethod]
    public void LimitlessMemory_EndsAtTheLargestLengthThereIs() =>
        Assert.AreEqual(int.MaxValue, Largest(new(1, 1, 16, 77, 8), long.MaxValue, Whole));

    [TestMethod]
    public void Doggettx_EndsWhereItsStepsEnd()
    {
        // 2 GiB, fp16, 16 heads: 64 steps are enough for sqrt(64 x F / 96) rows, tensors included.
        int length = Largest(new(2, 8, 4096, 4096, 40), 2 * PlanningSetup.GiB, new() { Policy = "doggettx" });
        static bool Plans(long l) => 96 * l * l <= 64 * ((2 * PlanningSetup.GiB) - ((l - 4096) * 5120));

        Assert.IsTrue(Plans(length));
        Assert.IsFalse(Plans(length + 1));
    }

    [TestMethod]
    public void ErrorOfDoggettx_CarriesTheTrueLength()
    {
        AttentionShape shape = new(2, 8, 65536, 65536, 40);
        var exception = Assert.ThrowsExactly<AttentionMemoryException>(
            () => PlanningSetup.Plan("doggettx", shape, 2 * PlanningSetup.GiB));

        Assert.AreEqual(Largest(shape, 2 * PlanningSetup.GiB, new() { Policy = "doggettx" }), exception.LargestLength);
        Assert.IsInRange(30_000, 50_000, exception.LargestLength);
        Assert.AreEqual("256 steps, 64 allowed", exception.PlanTried);
        Assert.AreEqual(6 * PlanningSetup.GiB, exception.NeededBytes);
    }

    private static int Largest(AttentionShape shape, long freeBytes, PlanningOptions options) => SlicePlanner.LargestLength(
        shape, ElementType.Float16, PlanningSetup.All(ElementType.Float16, shape.HeadDim), PlanningSetup.Device,
        PlanningSetup.Free(freeBytes), options);
}
