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

    /// <summary>The nested class that holds the sources of a target and head dim, such as <c>SimtD40</c>.</summary>
    public static string UnitClass(KernelConfiguration configuration) => $"{configuration.Target}D{configuration.HeadDim}";

    /// <summary>
    /// The property that holds a source, such as <c>MaterializedFloat16R2048</c>, <c>StreamingFloat16R128K80</c> where the keys are limited, or
    /// <c>StreamingFloat16R128W8</c> where it is named by its warps.
    /// </summary>
    public static string SourceProperty(KernelConfiguration configuration) =>
        $"{configuration.Family}{configuration.ElementType}R{configuration.SliceRows}"
        + (configuration.MaximumKeys > 0 ? $"K{configuration.MaximumKeys}" : "") + (configuration.Warps > 0 ? $"W{configuration.Warps}" : "");

    public static IEnumerable<EmittedFile> Write(ModelClass modelClass, TemplateLibrary templates, CancellationToken cancellationToken)
    {
        KernelConfiguration[] configurations = [.. modelClass.Configurations.Where(static configuration => configuration.Target != KernelTarget.Cpu)];
        foreach (IGrouping<string, KernelConfiguration> group in configurations.GroupBy(UnitClass))
        {
            yield return new(
                $"{modelClass.FileName}.{group.Key}.g.cs",
                ClassScope.Write(modelClass, "CUDA C, compiled at run time for the GPU that is found.", "", writer =>
                {
                    writer.Open($"private static class {group.Key}");
                    foreach (KernelConfiguration configuration in group)
                    {
                        Utf8Literal.WriteProperty(
                            writer, SourceProperty(configuration), CudaKernelUnit.Render(templates, configuration, cancellationToken));
                    }

                    writer.Close();
                }));
        }

        CudaHeaderTemplate[] headers = [.. configurations.SelectMany(static configuration => CudaKernelUnit.Headers(configuration)).Distinct()];
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
