using System;
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
        string partial = footprint.PartialBytesPerRow > 0 ? $", PartialBytesPerRow: {Number(footprint.PartialBytesPerRow)}" : "";
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
        string limit = configuration.MaximumKeys > 0 ? $" {{ MaximumKeys = {Number(configuration.MaximumKeys)} }}" : "";
        writer.Lines(")" + limit + end);
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
                $"        new(\"{stage.EntryPoint}\", Threads: {Number(stage.Threads)}, SharedBytes: {Number(stage.SharedBytes)}, RowsPerBlock: {Number(stage.RowsPerBlock)}{merges}){Properties(stage)},");
        }

        writer.Lines("    ])");
    }

    private static string Properties(CudaStage stage)
    {
        string[] properties =
        [
            .. stage.TensorBoxes.IsEmpty
                ? Array.Empty<string>()
                : [$"TensorBoxes = [{string.Join(", ", stage.TensorBoxes.Select(static box => $"new(Dims: {Number(box.Dims)}, Rows: {Number(box.Rows)})"))}]"],
            .. stage.BlocksPerMultiprocessor == 0 ? Array.Empty<string>() : [$"BlocksPerMultiprocessor = {Number(stage.BlocksPerMultiprocessor)}"],
            .. stage.ClusterBlocks == 1 ? Array.Empty<string>() : [$"ClusterBlocks = {Number(stage.ClusterBlocks)}"],
        ];
        return properties.Length == 0 ? "" : $" {{ {string.Join(", ", properties)} }}";
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
