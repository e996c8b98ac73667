using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Emission;

/// <summary>Writes the catalogue: one entry per variant with its id, footprint formula, source and kernels.</summary>
internal static class CatalogueFile
{
    private const string Kernels = "global::KernelGen.Kernels.";

    public static string Write(ModelClass modelClass) => ClassScope.Write(
        modelClass,
        $"The {Number(modelClass.Configurations.Count)} variants of {modelClass.Name}.",
        "",
        writer =>
        {
            writer.Lines($"/// <summary>Every kernel of this class: {Number(modelClass.Configurations.Count)} variants.</summary>");
            writer.Lines($"public static {Kernels}KernelCatalogue Catalogue {{ get; }} = new(");
            writer.Indent();
            writer.Lines($"\"{modelClass.Name}\",");
            for (int i = 0; i < modelClass.Configurations.Count; i++)
            {
                WriteVariant(writer, modelClass.Configurations[i], i + 1 < modelClass.Configurations.Count ? "," : ");");
            }

            writer.Outdent();
        });

    private static void WriteVariant(SourceWriter writer, KernelConfiguration configuration, string end)
    {
        KernelFootprint footprint = configuration.Target == KernelTarget.Cpu
            ? CpuKernelUnit.Footprint(configuration)
            : CudaKernelUnit.Footprint(configuration);
        string partial = footprint.PartialBytesPerRow > 0 ? $", PartialBytesPerRow: {Number(footprint.PartialBytesPerRow)}, ChunkKeys: {Number(footprint.ChunkKeys)}" : "";
        string tileRow = footprint.TileRowBytes > 0 ? $", TileRowBytes: {Number(footprint.TileRowBytes)}" : "";
        writer.Lines($"new {Kernels}KernelVariant(");
        writer.Indent();
        writer.Lines(
            $"""
            "{configuration.Id}",
            {Kernels}KernelFamily.{configuration.Family},
            """);
        if (configuration.Target != KernelTarget.Cpu)
        {
            writer.Lines($"{Kernels}KernelTarget.{configuration.Target},");
        }

        writer.Lines(
            $"""
            global::KernelGen.Tensors.ElementType.{configuration.ElementType},
            headDim: {Number(configuration.HeadDim)},
            sliceRows: {Number(configuration.SliceRows)},
            new {Kernels}KernelFootprint(TileRows: {Number(footprint.TileRows)}, TileKeys: {Number(footprint.TileKeys)}, BytesPerScore: {Number(footprint.BytesPerScore)}, WorkerBytes: {Number(footprint.WorkerBytes)}{partial}{tileRow}),
            """);
        if (configuration.Target == KernelTarget.Cpu)
        {
            WriteCpuKernels(writer, configuration);
        }
        else
        {
            WriteCudaSource(writer, configuration);
        }

        writer.Outdent();
        writer.Lines(")" + Initializer(Properties(configuration)) + end);
    }

    private static IEnumerable<string> Properties(KernelConfiguration configuration)
    {
        if (configuration.MaximumKeys > 0)
            yield return $"MaximumKeys = {Number(configuration.MaximumKeys)}";
        KernelTraits traits = configuration.Target == KernelTarget.Cpu
            ? KernelTraits.Of(ProductUnit.MultiplyAdds, configuration.Family)
            : CudaKernelUnit.Traits(configuration);
        if (traits != default)
            yield return $"Traits = new({Kernels}ProductUnit.{traits.Products}{Passes(traits)}{Splits(traits)})";
        if (configuration.Experimental != ExperimentalKernels.None)
            yield return $"Experimental = {Flags(configuration.Experimental)}";
    }

    private static void WriteCpuKernels(SourceWriter writer, KernelConfiguration configuration)
    {
        string unit = CpuKernelUnit.ClassName(configuration.HeadDim);
        string Kernel(int vectorBits) => $"{unit}.{CpuKernelUnit.KernelName(configuration.Family, configuration.ElementType, vectorBits)}";
        writer.Lines($"static () => {CpuFiles.SourcesClass}.{unit},");
        writer.Lines($"new {Kernels}CpuKernelSet({Kernel(512)}, {Kernel(256)}, {Kernel(128)}, TilesPerCall: {Number(CpuKernelUnit.TilesPerCall(configuration))})");
    }

    private static void WriteCudaSource(SourceWriter writer, KernelConfiguration configuration)
    {
        writer.Lines(
            $"""
            new {Kernels}CudaKernelSource(
                static () => {CudaFiles.UnitClass(configuration)}.{CudaFiles.SourceProperty(configuration)},
                [{string.Join(", ", CudaKernelUnit.Headers(configuration).Select(static header => $"{CudaFiles.HeadersClass}.{header.Property}"))}],
                [
            """);
        foreach (CudaStage stage in CudaKernelUnit.Stages(configuration))
        {
            string merges = stage.MergesKeySplits ? ", MergesKeySplits: true" : "";
            writer.Lines(
                $"        new(\"{stage.EntryPoint}\", Threads: {Number(stage.Threads)}, SharedBytes: {Number(stage.SharedBytes)}, RowsPerBlock: {Number(stage.RowsPerBlock)}{merges}){Initializer(Properties(stage))},");
        }

        writer.Lines("    ])");
    }

    private static IEnumerable<string> Properties(CudaStage stage)
    {
        if (!stage.TensorBoxes.IsEmpty)
            yield return $"TensorBoxes = [{string.Join(", ", stage.TensorBoxes.Select(static box => $"new(Dims: {Number(box.Dims)}, Rows: {Number(box.Rows)})"))}]";
        if (stage.MinimumBlocks > 1)
            yield return $"MinimumBlocks = {Number(stage.MinimumBlocks)}";
        if (stage.IsPersistent)
            yield return "IsPersistent = true";
        if (stage.ClusterBlocks > 1)
            yield return $"ClusterBlocks = {Number(stage.ClusterBlocks)}";
    }

    private static string Passes(KernelTraits traits) => traits.ScorePasses > 0 ? $", ScorePasses: {Number(traits.ScorePasses)}" : "";

    private static string Splits(KernelTraits traits) => traits.SplitsFloat32 ? ", SplitsFloat32: true" : "";

    private static string Initializer(IEnumerable<string> properties)
    {
        string content = string.Join(", ", properties);
        return content.Length == 0 ? "" : $" {{ {content} }}";
    }

    // What ToString makes of several flags is "A, B".
    private static string Flags(ExperimentalKernels kernels) =>
        string.Join(" | ", kernels.ToString().Split([", "], StringSplitOptions.None).Select(static name => $"{Kernels}ExperimentalKernels.{name}"));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
