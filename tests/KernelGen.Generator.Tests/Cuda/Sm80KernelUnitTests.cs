using System.Collections.Immutable;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class Sm80KernelUnitTests
{
    [TestMethod]
    public void EveryVariant_RendersWithItsEntryPoints()
    {
        foreach (KernelConfiguration configuration in Sm80Variant.All)
        {
            string text = Sm80Variant.Render(configuration);

            Assert.StartsWith($"// {configuration.Id}: ", text);
            foreach (CudaStage stage in Sm80KernelUnit.Stages(configuration))
                Assert.Contains($" {stage.EntryPoint}(const KernelArguments arguments)", text);
        }
    }

    [TestMethod]
    public void EmittedText_HasNoLeftoversOfTemplates()
    {
        foreach (string text in Sm80Variant.All.Select(Sm80Variant.Render))
            EmittedCudaText.AssertClean(text);
    }

    [TestMethod]
    public void Ids_AreUnique() => Assert.HasCount(Sm80Variant.All.Count, Sm80Variant.All.Select(variant => variant.Id).Distinct().ToArray());

    [TestMethod]
    public void Stages_AreOneLaunchAndAMergeForSharedRows_OrThree()
    {
        ImmutableArray<CudaStage> streaming = Sm80KernelUnit.Stages(Sm80Variant.Streaming(ElementType.Float16, 40, 128));
        ImmutableArray<CudaStage> prompt = Sm80KernelUnit.Stages(Sm80Variant.ShortKeys(ElementType.Float16, 40, 80));
        ImmutableArray<CudaStage> materialized = Sm80KernelUnit.Stages(Sm80Variant.Materialized(ElementType.BFloat16, 40));

        Assert.AreSequenceEqual([new CudaStage("streaming_sm80_f16_d40_r128", 128, 20480, 128), new CudaStage("streaming_sm80_f16_d40_r128_merge", 128, 0, 4, MergesKeySplits: true)], streaming);
        Assert.AreSequenceEqual([new CudaStage("streaming_sm80_f16_d40_r128_k80", 128, 12800, 128)], prompt);
        Assert.AreSequenceEqual(
            [
                new CudaStage("materialized_sm80_bf16_d40_r2048_scores", 128, 15360, 64),
                new CudaStage("materialized_sm80_bf16_d40_r2048_softmax", 128, 0, 4),
                new CudaStage("materialized_sm80_bf16_d40_r2048_values", 128, 10240, 64),
            ],
            materialized);
    }

    [TestMethod]
    public void Footprint_IsPartialRowsForStreamingAndPaddedScoresForMaterialized()
    {
        Assert.AreEqual(new KernelFootprint(128, 64, 0, 0, PartialBytesPerRow: 168, ChunkKeys: 4096), Sm80KernelUnit.Footprint(Sm80Variant.Streaming(ElementType.Float16, 40, 128)));
        Assert.AreEqual(new KernelFootprint(128, 80, 0, 0), Sm80KernelUnit.Footprint(Sm80Variant.ShortKeys(ElementType.Float16, 40, 80)));
        Assert.AreEqual(new KernelFootprint(64, 64, 4, 0), Sm80KernelUnit.Footprint(Sm80Variant.Materialized(ElementType.Float16, 40)));
        Assert.AreEqual(new KernelFootprint(32, 32, 4, 0), Sm80KernelUnit.Footprint(Sm80Variant.Materialized(ElementType.Float16, 512)));
    }

    [TestMethod]
    public void StreamingTile_IsAValidStreamingSlice()
    {
        foreach (int headDim in SimtVariant.HeadDims)
        {
            int rows = Sm80KernelUnit.StreamingTileRows(ElementType.Float16, headDim);

            Assert.AreEqual(rows, Sm80KernelUnit.Footprint(Sm80Variant.Streaming(ElementType.Float16, headDim, rows)).TileRows);
        }
    }

    [TestMethod]
    public void Float32_IsRefused()
    {
        KernelConfiguration configuration = Sm80Variant.Streaming(ElementType.Float32, 64, 64);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => Sm80Variant.Render(configuration));

        Assert.Contains("use target simt", error.Message);
    }

    [TestMethod]
    public void VariantOfAnotherTarget_IsRefused() => Assert.ThrowsExactly<ArgumentException>(
        () => Sm80KernelUnit.Render(TemplateLibrary.Embedded, SimtVariant.Of(KernelFamily.Streaming, ElementType.Float16, 64, 64), CancellationToken.None));
}
