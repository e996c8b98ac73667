using System.Collections.Immutable;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class SimtVariantTests
{
    [TestMethod]
    public void EveryVariant_RendersWithItsEntryPoints()
    {
        foreach (KernelConfiguration configuration in SimtVariant.All)
        {
            string text = CudaVariants.Render(configuration);

            Assert.StartsWith($"// {CudaVariants.Of(configuration).Source.Id}: ", text);
            foreach (CudaStage stage in CudaVariants.Stages(configuration))
                StringAssert.Matches(text, new($@" {stage.EntryPoint}\(\s*const KernelArguments arguments\)"));
        }
    }

    [TestMethod]
    public void EmittedText_HasNoLeftoversOfTemplates()
    {
        foreach (string text in SimtVariant.All.Select(CudaVariants.Render))
            EmittedCudaText.AssertClean(text);
    }

    [TestMethod]
    public void Footprint_IsPartialRowsForStreamingAndPaddedScoresForMaterialized()
    {
        Assert.AreEqual(
            new KernelFootprint(64, 64, 0, 0, PartialBytesPerRow: 168, ChunkKeys: 4096),
            CudaVariants.Footprint(SimtVariant.Of(KernelFamily.Streaming, ElementType.Float16, 40, 64)));
        Assert.AreEqual(
            new KernelFootprint(32, 64, 4, 0),
            CudaVariants.Footprint(SimtVariant.Of(KernelFamily.Materialized, ElementType.Float16, 40, 512)));
        Assert.AreEqual(
            new KernelFootprint(64, 64, 4, 0),
            CudaVariants.Footprint(SimtVariant.Of(KernelFamily.Materialized, ElementType.Float16, 40, 2048)));
    }

    [TestMethod]
    public void Stages_AreOneLaunchAndAMergeForSharedRows_OrThree()
    {
        ImmutableArray<CudaStage> streaming = CudaVariants.Stages(SimtVariant.Of(KernelFamily.Streaming, ElementType.BFloat16, 40, 64));
        ImmutableArray<CudaStage> materialized =
            CudaVariants.Stages(SimtVariant.Of(KernelFamily.Materialized, ElementType.BFloat16, 40, 512));

        Assert.AreSequenceEqual(
            [
                new CudaStage("streaming_simt_bf16_d40_r64", 128, 32768, 64) { MinimumBlocks = 4 },
                new CudaStage("streaming_simt_bf16_d40_r64_merge", 128, 0, 4, MergesKeySplits: true),
            ],
            streaming);
        Assert.AreSequenceEqual(
            [
                new CudaStage("materialized_simt_bf16_d40_t32_scores", 128, 27136, 32),
                new CudaStage("materialized_simt_bf16_d40_t32_softmax", 128, 0, 4),
                new CudaStage("materialized_simt_bf16_d40_t32_values", 128, 27136, 32),
            ],
            materialized);
    }
}
