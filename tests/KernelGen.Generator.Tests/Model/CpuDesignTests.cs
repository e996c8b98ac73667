using KernelGen.Generator.Kernels;
using KernelGen.Generator.Kernels.Cpu;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Model;

[TestClass]
public sealed class CpuDesignTests
{
    [TestMethod]
    public void EveryHeadDim_RendersInUnder1100Lines()
    {
        for (int headDim = 8; headDim <= 512; headDim += 8)
        {
            string text = Render(Variants(headDim, Enum.GetValues<KernelFamily>(), Enum.GetValues<ElementType>()));

            StringAssert.Contains(text, $"private static unsafe class CpuD{headDim}\n{{\n");
            Assert.IsLessThan(1100, text.Count(character => character == '\n'), $"d={headDim}");
            Assert.AreEqual(
                27, new System.Text.RegularExpressions.Regex("public static void (Streaming|FewQueries|Materialized)").Count(text));
        }
    }

    [TestMethod]
    public void OnlyWhatIsAskedFor_IsRendered()
    {
        string text = Render(Variants(64, [KernelFamily.Streaming], [ElementType.BFloat16]));

        StringAssert.Contains(text, "StreamingBF16Vector256(");
        StringAssert.DoesNotMatch(text, new("Materialized|F32Vector|Half"));
    }

    [TestMethod]
    public void AScoreFunctionOfAnother_FinishesTheScoresOfFewQueries()
    {
        CpuVariant[] variants = Variants(64, [KernelFamily.Streaming], [ElementType.Float32]);

        Assert.Contains("rows.Finish(", Render(variants));
        string text = TemplateLibrary.Embedded.Render(variants[0].Template, CpuUnit.Model(variants, plainScores: false));
        Assert.DoesNotContain("rows.Finish(", text);
        Assert.Contains("rows.FinishInLanes(call, keyBegin, keyCount, &FinishScores<TVector>);", text);
    }

    [TestMethod]
    public void Footprint_CountsScoresOnlyWhereThereAreAny()
    {
        CpuTiling tiling = new(40);

        Assert.AreSequenceEqual<KernelFootprint>(
            [
                new(128, CpuTiling.KeyStep, 0, tiling.Streaming.Bytes, 0, 0, CpuTiling.ChunkKeys, tiling.Streaming.ChunksBytes),
                new(1, CpuTiling.KeyStep, 0, tiling.FewQueriesBytes, 4 * 42, ChunkKeys: CpuTiling.ChunkKeys, ChunksApart: true),
                Materialized(64),
                Materialized(128),
            ],
            KernelDesigns.All.Variants(
            [
                new(KernelTarget.Cpu, 40, ElementType.Float16, KernelFamily.Streaming, default),
                new(KernelTarget.Cpu, 40, ElementType.Float16, KernelFamily.Materialized, new([512, 2048])),
            ]).Select(static variant => variant.Footprint));

        KernelFootprint Materialized(int rows) => new(
            rows, CpuTiling.KeyStep, 4, tiling.Materialized.Bytes(rows), ChunkKeys: CpuTiling.ChunkKeys,
            ChunksWorkerBytes: tiling.Materialized.ChunksBytes(rows));
    }

    [TestMethod]
    public void KernelName_TellsFamilyTypeAndWidth()
    {
        Assert.AreSequenceEqual(
            ["StreamingF16Vector512", "FewQueriesF16Vector512"],
            Variants(40, [KernelFamily.Streaming], [ElementType.Float16]).Select(variant => variant.KernelName(512)));
        Assert.AreEqual(
            "MaterializedBF16Vector128", Variants(40, [KernelFamily.Materialized], [ElementType.BFloat16]).Single().KernelName(128));
    }

    private static CpuVariant[] Variants(int headDim, KernelFamily[] families, ElementType[] elementTypes) =>
    [
        .. KernelDesigns.All.Variants(
            from family in families
            from elementType in elementTypes
            select new KernelRequest(KernelTarget.Cpu, headDim, elementType, family, new([512]))).OfType<CpuVariant>(),
    ];

    private static string Render(CpuVariant[] variants) => TemplateLibrary.Embedded.Render(variants[0].Template, CpuUnit.Model(variants));
}
