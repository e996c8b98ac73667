using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Sass;

[TestClass]
public sealed class ProductOverlapTests
{
    private const string Scores = "HGMMA.64x128x16.F32 R24, gdesc[UR4], !UPT, gsb0";
    private const string Values = "HGMMA.64x64x16.F32 R88, R152, gdesc[UR8], R88, gsb0";
    private const string ScoresThere = "WARPGROUP.DEPBAR.LE gsb0, 0x1";
    private const string ValuesThere = "WARPGROUP.DEPBAR.LE gsb0, 0x0";
    private const string Softmax = "MUFU.EX2 R0, R0\nFADD R1, R1, R0\nFMNMX R2, R2, R0, !PT\nFFMA R3, R0, R1, R2\nFMUL R4, R0, R1";

    [TestMethod]
    public void Softmax_before_the_wait_for_values_is_beside_them()
    {
        ProductOverlap overlap = Of($"{Scores}\n{Values}\n{ScoresThere}\n{Softmax}\n{ValuesThere}");

        Assert.AreEqual(new ProductOverlap(5, 5), overlap);
        Assert.IsTrue(overlap.IsWhole);
    }

    [TestMethod]
    public void Softmax_behind_the_wait_for_values_is_not()
    {
        ProductOverlap overlap = Of($"{Scores}\n{Values}\n{ScoresThere}\nFADD R9, R9, R0\n{ValuesThere}\n{Softmax}");

        Assert.AreEqual(new ProductOverlap(6, 1), overlap);
        Assert.IsFalse(overlap.IsWhole);
    }

    [TestMethod]
    public void It_does_not_matter_where_in_the_round_the_loop_begins()
    {
        ProductOverlap overlap = Of($"{Softmax}\n{ValuesThere}\n{Scores}\n{Values}\n{ScoresThere}");

        Assert.AreEqual(new ProductOverlap(5, 5), overlap);
    }

    [TestMethod]
    public void Products_that_are_waited_for_in_the_same_group_are_under_way_until_then()
    {
        ProductOverlap overlap = Of($"HGMMA.64x64x16.F32 R24, gdesc[UR4], R24\nFADD R0, R0, R1\n{Scores}\n{ValuesThere}\nFADD R0, R0, R1");

        Assert.AreEqual(new ProductOverlap(2, 1), overlap);
    }

    [TestMethod]
    public void Products_of_a_warp_have_nothing_to_wait_for() =>
        Assert.AreEqual(new ProductOverlap(1, 0), Of("HMMA.16816.F32 R4, R8, R10, R4\nFADD R0, R0, R1"));

    private static ProductOverlap Of(string code) => ProductOverlap.Of(Listing.Function(code, "sm_90a").Instructions);
}
