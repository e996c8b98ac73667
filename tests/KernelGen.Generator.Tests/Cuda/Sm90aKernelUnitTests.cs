using System.Collections.Immutable;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Cuda;

[TestClass]
public sealed class Sm90aKernelUnitTests
{
    [TestMethod]
    public void EveryVariant_RendersWithItsEntryPoint()
    {
        foreach (KernelConfiguration configuration in Sm90aVariant.All)
        {
            string text = Sm90aVariant.Render(configuration);

            Assert.StartsWith($"// {configuration.Id}: ", text);
            Assert.AreSequenceEqual(
                Sm90aKernelUnit.Headers(configuration).Select(header => $"#include \"{header.Name}\""),
                text.Split('\n').Where(line => line.StartsWith("#include", StringComparison.Ordinal)));
            foreach (CudaStage stage in Sm90aKernelUnit.Stages(configuration))
                Assert.Contains($" {stage.EntryPoint}(const KernelArguments arguments, const __grid_constant__ TensorMaps maps)", text);
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
        ImmutableArray<CudaStage> stages = Sm90aKernelUnit.Stages(Sm90aVariant.Streaming(ElementType.Float16, 80, 192));

        Assert.HasCount(1, stages);
        Assert.AreEqual((512, 192), (stages[0].Threads, stages[0].RowsPerBlock));
        Assert.AreSequenceEqual([new CudaTensorBox(16, 192), new CudaTensorBox(16, 112), new CudaTensorBox(16, 112)], stages[0].TensorBoxes);
    }

    [TestMethod]
    public void ShortKeysStage_HasABoxOfTheOutput_Too()
    {
        CudaStage stage = Sm90aKernelUnit.Stages(Sm90aVariant.ShortKeys(ElementType.Float16, 80, 80, 512)).Single();

        Assert.AreEqual("streaming_sm90a_f16_d80_r512_k80", stage.EntryPoint);
        Assert.AreEqual((256, 512), (stage.Threads, stage.RowsPerBlock));
        Assert.AreSequenceEqual([new CudaTensorBox(16, 64), new CudaTensorBox(16, 80), new CudaTensorBox(16, 80), new CudaTensorBox(16, 64)], stage.TensorBoxes);
    }

    [TestMethod]
    public void Footprint_IsNone()
    {
        Assert.AreEqual(
            new KernelFootprint(TileRows: 512, TileKeys: 80, BytesPerScore: 0, WorkerBytes: 0),
            Sm90aKernelUnit.Footprint(Sm90aVariant.ShortKeys(ElementType.Float16, 64, 80, 512)));
        KernelFootprint footprint = Sm90aKernelUnit.Footprint(Sm90aVariant.Streaming(ElementType.Float16, 64, 128));

        Assert.AreEqual(new KernelFootprint(TileRows: 128, TileKeys: 128, BytesPerScore: 0, WorkerBytes: 0), footprint);
    }

    [TestMethod]
    public void MaterializedStages_AreTwo_AndTheFootprintIsTheirWorkspace()
    {
        KernelConfiguration small = Sm90aVariant.Materialized(ElementType.Float16, 64), large = Sm90aVariant.Materialized(ElementType.BFloat16, 512);

        Assert.AreSequenceEqual(
            ["materialized_sm90a_f16_d64_r2048_scores", "materialized_sm90a_f16_d64_r2048_values"],
            Sm90aKernelUnit.Stages(small).Select(stage => stage.EntryPoint));
        Assert.AreSequenceEqual([128, 128], Sm90aKernelUnit.Stages(small).Select(stage => stage.RowsPerBlock));
        Assert.AreSequenceEqual([128, 64], Sm90aKernelUnit.Stages(large).Select(stage => stage.RowsPerBlock));
        Assert.AreSequenceEqual([new CudaTensorBox(64, 128), new CudaTensorBox(64, 48), new CudaTensorBox(64, 48)], Sm90aKernelUnit.Stages(large)[1].TensorBoxes);
        Assert.AreEqual(new KernelFootprint(128, 128, BytesPerScore: 2, WorkerBytes: 0, TileRowBytes: 4), Sm90aKernelUnit.Footprint(small));
        Assert.AreEqual(new KernelFootprint(128, 48, BytesPerScore: 2, WorkerBytes: 0, TileRowBytes: 4), Sm90aKernelUnit.Footprint(large));
    }

    [TestMethod]
    public void WhatThereAreNoKernelsFor_IsRefused()
    {
        Assert.IsFalse(Sm90aKernelUnit.Supports(ElementType.Float32));
        Assert.ThrowsExactly<ArgumentException>(() => Sm90aKernelUnit.Render(
            TemplateLibrary.Embedded, new(KernelFamily.Streaming, KernelTarget.Sm90a, ElementType.Float32, 64, 64), CancellationToken.None));
    }
}
