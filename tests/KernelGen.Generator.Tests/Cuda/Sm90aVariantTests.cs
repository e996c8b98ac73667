using System.Collections.Immutable;
using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class Sm90aVariantTests
{
    [TestMethod]
    public void EveryVariant_RendersWithItsEntryPoint()
    {
        foreach (KernelConfiguration configuration in Sm90aVariant.All)
        {
            string text = CudaVariants.Render(configuration);

            Assert.StartsWith($"// {CudaVariants.Of(configuration).Source.Id}: ", text);
            Assert.AreSequenceEqual(
                CudaVariants.Headers(configuration).Select(header => $"#include \"{header.Name}\""),
                text.Split('\n').Where(line => line.StartsWith("#include", StringComparison.Ordinal)));
            string maps = configuration.ElementType == ElementType.Float32 ? "" : ", const __grid_constant__ TensorMaps maps";
            foreach (CudaStage stage in CudaVariants.Stages(configuration).Where(static stage => !stage.MergesKeySplits))
                Assert.Contains(
                    $" {stage.EntryPoint}(const KernelArguments arguments{maps})", text.Replace("(\n    ", "(", StringComparison.Ordinal));
            Assert.DoesNotContain("{{", text);
            Assert.DoesNotContain("\r", text);
            Assert.DoesNotContain(" \n", text);
            Assert.DoesNotContain("\n\n\n", text);
            Assert.EndsWith("}\n", text);
        }
    }

    [TestMethod]
    public void Ids_NameTheTarget()
    {
        Assert.AreEqual("streaming-sm90a-bf16-d80-r192", Sm90aVariant.Streaming(ElementType.BFloat16, 80, 192).Id);
        Assert.HasCount(Sm90aVariant.All.Count, Sm90aVariant.All.Select(variant => variant.Id).Distinct().ToArray());
    }

    [TestMethod]
    public void Stage_HasTheBoxesOfItsTensors()
    {
        ImmutableArray<CudaStage> stages = CudaVariants.Stages(Sm90aVariant.Streaming(ElementType.Float16, 80, 192));

        Assert.HasCount(2, stages);
        Assert.AreEqual((512, 192), (stages[0].Threads, stages[0].RowsPerBlock));
        Assert.AreEqual(1, stages[0].MinimumBlocks);
        Assert.AreSequenceEqual(
            [new CudaTensorBox(16, 192), new CudaTensorBox(16, 112), new CudaTensorBox(16, 112)], stages[0].TensorBoxes);
    }

    [TestMethod]
    public void Float32_TakesNoTensorMaps()
    {
        ImmutableArray<CudaStage> stages = CudaVariants.Stages(Sm90aVariant.Streaming(ElementType.Float32, 80, 128));

        Assert.HasCount(2, stages);
        Assert.AreEqual((512, 128), (stages[0].Threads, stages[0].RowsPerBlock));
        Assert.IsEmpty(stages[0].TensorBoxes);
    }

    [TestMethod]
    public void Blocks_AreAsManyAsTheKernelIsBoundedFor()
    {
        foreach (KernelConfiguration configuration in Persistent())
        {
            CudaStage stage = CudaVariants.Stages(configuration)[0];
            Assert.Contains(
                $"__launch_bounds__({stage.Threads}, {stage.MinimumBlocks}) {stage.EntryPoint}(", CudaVariants.Render(configuration));
        }

        Assert.AreEqual(2, CudaVariants.Stages(Sm90aVariant.Streaming(ElementType.Float16, 64, 64))[0].MinimumBlocks);
    }

    [TestMethod]
    [DataRow(64, 8, "64/64 of the tensor cores' time, too long to hide.")]
    [DataRow(72, 0, "64/72 of the tensor cores' time, and hides behind them.")]
    public void Text_SaysWhyPowersOfTwoArePolynomials(int headDim, int every, string reason)
    {
        string text = CudaVariants.Render(Sm90aVariant.Streaming(ElementType.Float16, headDim, 64));

        Assert.Contains(reason, text);
        Assert.Contains($"constexpr int polynomial_every = {every};", text);
    }

    [TestMethod]
    public void ShortKeysStage_HasABoxOfTheOutput_Too()
    {
        CudaStage stage = CudaVariants.Stages(Sm90aVariant.ShortKeys(ElementType.Float16, 80, 80, 512)).Single();

        Assert.AreEqual("streaming_sm90a_f16_d80_r512_k80", stage.EntryPoint);
        Assert.AreEqual((256, 512), (stage.Threads, stage.RowsPerBlock));
        Assert.AreSequenceEqual([
            new CudaTensorBox(16, 64), new CudaTensorBox(16, 80), new CudaTensorBox(16, 80), new CudaTensorBox(16, 64)], stage.TensorBoxes);
    }

    [TestMethod]
    public void Footprint_IsThePartialRowsOfChunks()
    {
        Assert.AreEqual(
            new KernelFootprint(TileRows: 512, TileKeys: 80, BytesPerScore: 0, WorkerBytes: 0),
            CudaVariants.Footprint(Sm90aVariant.ShortKeys(ElementType.Float16, 64, 80, 512)));
        KernelFootprint footprint = CudaVariants.Footprint(Sm90aVariant.Streaming(ElementType.Float16, 64, 128));

        Assert.AreEqual(new KernelFootprint(
            TileRows: 128, TileKeys: 128, BytesPerScore: 0, WorkerBytes: 0, PartialBytesPerRow: 4 * (64 + 2), ChunkKeys: 4096), footprint);
    }

    [TestMethod]
    public void KeysHaveChunks_UpToHeadDim256()
    {
        foreach (KernelConfiguration configuration in Persistent().Where(configuration => configuration.HeadDim <= 256))
        {
            ImmutableArray<CudaStage> stages = CudaVariants.Stages(configuration);
            Assert.AreEqual(4 * (configuration.HeadDim + 2), CudaVariants.Footprint(configuration).PartialBytesPerRow, configuration.Id);
            Assert.AreEqual(KeyChunks.MergeStage(stages[0].EntryPoint), stages[^1], configuration.Id);
            Assert.Contains($" {stages[0].EntryPoint}_merge(", CudaVariants.Render(configuration), configuration.Id);
        }
    }

    [TestMethod]
    public void WideHeadDims_HaveClustersAndChunksOfKeys()
    {
        KernelConfiguration configuration = Sm90aVariant.Streaming(ElementType.Float16, 384, 64);
        ImmutableArray<CudaStage> stages = CudaVariants.Stages(configuration);

        Assert.HasCount(2, stages);
        Assert.AreEqual(
            (384, 64, 2, false), (stages[0].Threads, stages[0].RowsPerBlock, stages[0].ClusterBlocks, stages[0].MergesKeySplits));
        Assert.AreSequenceEqual([new CudaTensorBox(64, 64), new CudaTensorBox(64, 64), new CudaTensorBox(64, 32)], stages[0].TensorBoxes);
        Assert.AreEqual((1, true), (stages[1].ClusterBlocks, stages[1].MergesKeySplits));
        Assert.AreEqual(
            new KernelFootprint(64, 128, 0, 0, PartialBytesPerRow: 4 * 386, ChunkKeys: 2048), CudaVariants.Footprint(configuration));
        Assert.Contains("__global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(384, 1) ", CudaVariants.Render(configuration));
        Assert.AreEqual(1, CudaVariants.Stages(Sm90aVariant.Streaming(ElementType.Float16, 256, 64))[0].ClusterBlocks);
    }

    [TestMethod]
    public void ClustersOfTwoBlocks_AreTheLastChoice_AndHaveASwitchOfTheirOwn()
    {
        foreach (ElementType elementType in (ElementType[])[ElementType.Float16, ElementType.BFloat16])
        {
            foreach (int headDim in (int[])[80, 96, 128, 256])
            {
                KernelConfiguration[] clustered =
                [
                    .. CudaVariants.Configurations(KernelTarget.Sm90a, KernelFamily.Streaming, elementType, headDim)
                        .Where(static configuration => CudaVariants.Stages(configuration)[0].ClusterBlocks > 1),
                ];
                if (headDim < 96)
                {
                    Assert.IsEmpty(clustered);
                    continue;
                }

                KernelConfiguration configuration = clustered.Single();
                CudaStage stage = CudaVariants.Stages(configuration)[0];
                Assert.AreEqual(
                    (256, 128, 2, true), (configuration.SliceRows, stage.RowsPerBlock, stage.ClusterBlocks, stage.IsPersistent));
                Assert.AreEqual(
                    ExperimentalKernels.Hopper | ExperimentalKernels.HopperMulticast, CudaVariants.Of(configuration).Experimental);
                Assert.Contains("__cluster_dims__(2, 1, 1) __launch_bounds__(384, 1) ", CudaVariants.Render(configuration));
            }
        }
    }

    [TestMethod]
    public void MaterializedStages_AreTwo_AndTheFootprintIsTheirWorkspace()
    {
        KernelConfiguration small =
            Sm90aVariant.Materialized(ElementType.Float16, 64), large = Sm90aVariant.Materialized(ElementType.BFloat16, 512);

        Assert.AreSequenceEqual(
            ["materialized_sm90a_f16_d64_t128_scores", "materialized_sm90a_f16_d64_t128_values"],
            CudaVariants.Stages(small).Select(stage => stage.EntryPoint));
        Assert.AreSequenceEqual([128, 128], CudaVariants.Stages(small).Select(stage => stage.RowsPerBlock));
        Assert.AreSequenceEqual([128, 64], CudaVariants.Stages(large).Select(stage => stage.RowsPerBlock));
        Assert.AreSequenceEqual(
            [new CudaTensorBox(64, 128), new CudaTensorBox(64, 48), new CudaTensorBox(64, 48)], CudaVariants.Stages(large)[1].TensorBoxes);
        Assert.AreEqual(new KernelFootprint(128, 128, BytesPerScore: 2, WorkerBytes: 0, TileRowBytes: 4), CudaVariants.Footprint(small));
        Assert.AreEqual(new KernelFootprint(128, 48, BytesPerScore: 2, WorkerBytes: 0, TileRowBytes: 4), CudaVariants.Footprint(large));
    }

    private static IEnumerable<KernelConfiguration> Persistent() =>
        Sm90aVariant.All.Where(static configuration => CudaVariants.Stages(configuration)[0].IsPersistent);
}
