using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Kernels.Cpu;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Emission;

/// <summary>Writes the catalogue: one entry per variant with its id, footprint formula, source and kernels.</summary>
internal static class CatalogueFile
{
    public const string Property = "Catalogue";
    private const string Kernels = "global::KernelGen.Kernels.";

    public static string Write(ModelClass modelClass, ImmutableArray<KernelVariant> variants) => ClassScope.Write(
        modelClass,
        Invariant($"The {variants.Length} variants of {modelClass.PlainName}."),
        "",
        writer =>
        {
            writer.Lines(Invariant($"/// <summary>Every kernel of this class: {variants.Length} variants.</summary>"));
            writer.Lines($"public static {Kernels}KernelCatalogue {Property} {{ get; }} = new(\"{modelClass.PlainName}\",");

            // In brackets: without them C# 12 would not see that the constructor takes a span of any number of variants.
            writer.Lines("[");
            writer.Indent();
            foreach (KernelVariant variant in variants)
                WriteVariant(writer, variant);
            writer.Outdent();
            writer.Lines("]);");
        });

    private static void WriteVariant(SourceWriter writer, KernelVariant variant)
    {
        KernelConfiguration configuration = variant.Configuration;
        writer.Lines($"new {Kernels}KernelVariant(");
        writer.Indent();
        writer.Lines(
            $"""
            "{configuration.Id}",
            {Kernels}KernelFamily.{configuration.Family},
            """);
        if (variant is CudaVariant)
            writer.Lines($"{Kernels}KernelTarget.{configuration.Target},");
        writer.Lines(Invariant(
            $"""
            global::KernelGen.Tensors.ElementType.{configuration.ElementType},
            headDim: {configuration.HeadDim},
            sliceRows: {configuration.SliceRows},
            new {Kernels}KernelFootprint({Arguments(variant.Footprint)}),
            """));
        switch (variant)
        {
            case CpuVariant cpu:
                WriteCpuKernels(writer, cpu);
                break;
            case CudaVariant cuda:
                writer.Lines($"{cuda.UnitClass}.{cuda.Source.Property}");
                break;
        }

        writer.Outdent();
        writer.Lines(")" + CSharpText.Initializer(Properties(variant)) + ",");
    }

    private static string Arguments(KernelFootprint footprint) =>
        Invariant($"TileRows: {footprint.TileRows}, TileKeys: {footprint.TileKeys}, ")
        + Invariant($"BytesPerScore: {footprint.BytesPerScore}, WorkerBytes: {footprint.WorkerBytes}")
        + (footprint.PartialBytesPerRow > 0 ? Invariant($", PartialBytesPerRow: {footprint.PartialBytesPerRow}") : "")
        + (footprint.ChunkKeys > 0 ? Invariant($", ChunkKeys: {footprint.ChunkKeys}") : "")
        + (footprint.ChunksWorkerBytes > 0 ? Invariant($", ChunksWorkerBytes: {footprint.ChunksWorkerBytes}") : "")
        + (footprint.ChunksApart ? ", ChunksApart: true" : "")
        + (footprint.TileRowBytes > 0 ? Invariant($", TileRowBytes: {footprint.TileRowBytes}") : "");

    private static IEnumerable<string> Properties(KernelVariant variant)
    {
        if (variant.Configuration.MaximumKeys > 0)
            yield return Invariant($"MaximumKeys = {variant.Configuration.MaximumKeys}");
        KernelTraits traits = variant.Traits;
        if (traits != default)
        {
            string passes = traits.ScorePasses > 0 ? Invariant($", ScorePasses: {traits.ScorePasses}") : "";
            string splits = traits.SplitsFloat32 ? ", SplitsFloat32: true" : "";
            yield return $"Traits = new({Kernels}ProductUnit.{traits.Products}{passes}{splits})";
        }

        if (variant.Experimental != ExperimentalKernels.None)
            yield return $"Experimental = {Flags(variant.Experimental)}";
    }

    private static void WriteCpuKernels(SourceWriter writer, CpuVariant variant)
    {
        string Kernel(int vectorBits) => $"{variant.UnitClass}.{variant.KernelName(vectorBits)}";
        writer.Lines(Invariant(
            $"new {Kernels}CpuKernelSet({Kernel(512)}, {Kernel(256)}, {Kernel(128)}, TilesPerCall: {variant.TilesPerCall})"));
    }

    // ToString renders several flags as "A, B".
    private static string Flags(ExperimentalKernels kernels) =>
        string.Join(
            " | ",
            kernels.ToString().Split([", "], StringSplitOptions.None).Select(static name => $"{Kernels}ExperimentalKernels.{name}"));
}
