using System.Collections.Immutable;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class Sm80VariantTests
{
    [TestMethod]
    public void EveryVariant_RendersWithItsEntryPoints()
    {
        foreach (KernelConfiguration configuration in Sm80Variant.All)
        {
            string text = CudaVariants.Render(configuration);

            Assert.StartsWith($"// {CudaVariants.Of(configuration).Source.Id}: ", text);
            foreach (CudaStage stage in CudaVariants.Stages(configuration))
                Assert.Contains($" {stage.EntryPoint}(const KernelArguments arguments)", text);
        }
    }

    [TestMethod]
    public void EmittedText_HasNoLeftoversOfTemplates()
    {
        foreach (string text in Sm80Variant.All.Select(CudaVariants.Render))
            EmittedCudaText.AssertClean(text);
    }

    [TestMethod]
    public void Ids_AreUnique() =>
        Assert.HasCount(Sm80Variant.All.Count, Sm80Variant.All.Select(variant => variant.Id).Distinct().ToArray());

    [TestMethod]
    public void Stages_AreOneLaunchAndAMergeForSharedRows_OrThree()
    {
        ImmutableArray<CudaStage> streaming = CudaVariants.Stages(Sm80Variant.Streaming(ElementType.Float16, 40, 128));
        ImmutableArray<CudaStage> prompt = CudaVariants.Stages(Sm80Variant.ShortKeys(ElementType.Float16, 40, 80));
        ImmutableArray<CudaStage> materialized = CudaVariants.Stages(Sm80Variant.Materialized(ElementType.BFloat16, 40));

        Assert.AreSequenceEqual([new CudaStage("streaming_sm80_f16_d40_r128", 128, 20480, 128),
            new CudaStage("streaming_sm80_f16_d40_r128_merge", 128, 0, 4, MergesKeySplits: true)], streaming);
        Assert.AreSequenceEqual([new CudaStage("streaming_sm80_f16_d40_r128_k80", 128, 12800, 128)], prompt);
        Assert.AreSequenceEqual(
            [
                new CudaStage("materialized_sm80_bf16_d40_t64_streamed_scores", 128, 15360, 64),
                new CudaStage("materialized_sm80_bf16_d40_t64_streamed_softmax", 128, 0, 4),
                new CudaStage("materialized_sm80_bf16_d40_t64_streamed_values", 128, 10240, 64),
            ],
            materialized);
    }

    [TestMethod]
    public void Footprint_IsPartialRowsForStreamingAndPaddedScoresForMaterialized()
    {
        Assert.AreEqual(new KernelFootprint(128, 64, 0, 0, PartialBytesPerRow: 168, ChunkKeys: 4096),
            CudaVariants.Footprint(Sm80Variant.Streaming(ElementType.Float16, 40, 128)));
        Assert.AreEqual(new KernelFootprint(128, 80, 0, 0), CudaVariants.Footprint(Sm80Variant.ShortKeys(ElementType.Float16, 40, 80)));
        Assert.AreEqual(new KernelFootprint(64, 64, 4, 0), CudaVariants.Footprint(Sm80Variant.Materialized(ElementType.Float16, 40)));
        Assert.AreEqual(new KernelFootprint(32, 32, 4, 0), CudaVariants.Footprint(Sm80Variant.Materialized(ElementType.Float16, 512)));
    }
}
