using System.Collections.Generic;
using System.Linq;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>Writes the CUDA C sources as data, a file per target and head dim, and the parts that they share once per class.</summary>
internal static class CudaFiles
{
    /// <summary>The nested class that holds the shared parts.</summary>
    public const string HeadersClass = "CudaHeaders";

    private const string Header = "global::KernelGen.Kernels.CudaHeader";

    public static IEnumerable<EmittedFile> Write(
        ModelClass modelClass, IReadOnlyCollection<CudaSource> sources, TemplateLibrary templates, CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, CudaSource> unit in sources.GroupBy(static source => source.Variant.UnitClass))
        {
            yield return new(
                $"{modelClass.FileName}.{unit.Key}.g.cs",
                ClassScope.Write(modelClass, "CUDA C, compiled at run time for the GPU that is found.", "", writer =>
                {
                    writer.Open($"private static class {unit.Key}");
                    foreach (CudaSource source in unit)
                        Utf8Literal.WriteProperty(writer, source.Variant.Source.Property, source.Text);
                    writer.Close();
                }));
        }

        CudaHeaderTemplate[] headers = [.. sources.SelectMany(static source => source.Headers).Distinct()];
        if (headers.Length > 0)
        {
            yield return new(
                $"{modelClass.FileName}.{HeadersClass}.g.cs",
                ClassScope.Write(
                    modelClass, "The parts that CUDA C sources of this class include.", "", writer => WriteHeaders(writer, headers, templates, cancellationToken)));
        }
    }

    private static void WriteHeaders(
        SourceWriter writer, CudaHeaderTemplate[] headers, TemplateLibrary templates, CancellationToken cancellationToken)
    {
        writer.Open($"private static class {HeadersClass}");
        foreach (CudaHeaderTemplate header in headers)
        {
            writer.Lines($"public static readonly {Header} {header.Property} = new(\"{header.Name}\", static () => {header.Property}Text);");
        }

        foreach (CudaHeaderTemplate header in headers)
        {
            writer.Line();
            Utf8Literal.WriteProperty(writer, header.Property + "Text", header.Render(templates, cancellationToken));
        }

        writer.Close();
    }
}
