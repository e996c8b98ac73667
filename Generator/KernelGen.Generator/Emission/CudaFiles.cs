using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>Writes the CUDA C sources as data, a file per target and head dim, and the parts that they share once per class.</summary>
internal static class CudaFiles
{
    public const string HeadersClass = "CudaHeaders";
    private const string Kernels = "global::KernelGen.Kernels.";

    public static IEnumerable<EmittedFile> Write(
        ModelClass modelClass, IReadOnlyList<CudaSource> sources, TemplateLibrary templates, CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, CudaSource> unit in sources.GroupBy(static source => source.Variant.UnitClass))
        {
            yield return new(
                $"{modelClass.FileName}.{unit.Key}.g.cs",
                ClassScope.Write(modelClass, "CUDA C, compiled at run time for the GPU that is found.", "", writer =>
                {
                    writer.Open($"private static class {unit.Key}");
                    foreach (CudaSource source in unit)
                        WriteSource(writer, source);
                    foreach (CudaSource source in unit)
                    {
                        writer.Line();
                        Utf8Literal.WriteProperty(writer, source.Variant.Source.Property + "Text", source.Text);
                    }

                    writer.Close();
                }));
        }

        CudaHeaderTemplate[] headers = [.. sources.SelectMany(static source => source.Headers).Distinct()];
        if (headers.Length > 0)
        {
            yield return new(
                $"{modelClass.FileName}.{HeadersClass}.g.cs",
                ClassScope.Write(
                    modelClass, "The parts that CUDA C sources of this class include.", "",
                    writer => WriteHeaders(writer, headers, templates, cancellationToken)));
        }
    }

    private static void WriteSource(SourceWriter writer, CudaSource source)
    {
        string property = source.Variant.Source.Property;
        writer.Lines($"public static readonly {Kernels}CudaKernelSource {property} = new(");
        writer.Indent();
        writer.Lines(
            $"""
            static () => {property}Text,
            [{string.Join(", ", source.Headers.Select(static header => $"{HeadersClass}.{header.Property}"))}],
            [
            """);
        writer.Indent();
        foreach (CudaStage stage in source.Variant.Stages)
        {
            string merges = stage.MergesKeySplits ? ", MergesKeySplits: true" : "";
            writer.Lines(
                Invariant($"new(\"{stage.EntryPoint}\", Threads: {stage.Threads}, ")
                + Invariant($"SharedBytes: {stage.SharedBytes}, RowsPerBlock: {stage.RowsPerBlock}{merges})")
                + CSharpText.Initializer(Properties(stage)) + ",");
        }

        writer.Outdent();
        writer.Lines("]);");
        writer.Outdent();
    }

    private static IEnumerable<string> Properties(CudaStage stage)
    {
        if (stage.TensorBoxes.Count > 0)
            yield return $"TensorBoxes = [{string.Join(", ", stage.TensorBoxes.Select(Box))}]";
        if (stage.MinimumBlocks > 1)
            yield return Invariant($"MinimumBlocks = {stage.MinimumBlocks}");
        if (stage.IsPersistent)
            yield return "IsPersistent = true";
        if (stage.ClusterBlocks > 1)
            yield return Invariant($"ClusterBlocks = {stage.ClusterBlocks}");
    }

    private static string Box(CudaTensorBox box) => Invariant($"new(Dims: {box.Dims}, Rows: {box.Rows})");

    private static void WriteHeaders(
        SourceWriter writer, CudaHeaderTemplate[] headers, TemplateLibrary templates, CancellationToken cancellationToken)
    {
        writer.Open($"private static class {HeadersClass}");
        foreach (CudaHeaderTemplate header in headers)
        {
            writer.Lines(
                $"public static readonly {Kernels}CudaHeader {header.Property} = "
                + $"new(\"{header.Name}\", static () => {header.Property}Text);");
        }

        foreach (CudaHeaderTemplate header in headers)
        {
            writer.Line();
            Utf8Literal.WriteProperty(writer, header.Property + "Text", header.Render(templates, cancellationToken));
        }

        writer.Close();
    }
}
