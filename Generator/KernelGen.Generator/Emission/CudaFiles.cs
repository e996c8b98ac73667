using System.Collections.Generic;
using System.Linq;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>Writes the CUDA C sources as data, a file per target and head dim, and the part that they share once per class.</summary>
internal static class CudaFiles
{
    /// <summary>The nested class that holds the shared part.</summary>
    public const string HeadersClass = "CudaHeaders";

    /// <summary>The nested class that holds the sources of a target and head dim, such as <c>SimtD40</c>.</summary>
    public static string UnitClass(KernelConfiguration configuration) => $"{configuration.Target}D{configuration.HeadDim}";

    /// <summary>The property that holds a source, such as <c>MaterializedFloat16R2048</c>, or <c>StreamingFloat16R128K80</c> where the keys are limited.</summary>
    public static string SourceProperty(KernelConfiguration configuration) =>
        $"{configuration.Family}{configuration.ElementType}R{configuration.SliceRows}" + (configuration.MaximumKeys > 0 ? $"K{configuration.MaximumKeys}" : "");

    public static IEnumerable<EmittedFile> Write(ModelClass modelClass, TemplateLibrary templates, CancellationToken cancellationToken)
    {
        bool any = false;
        foreach (IGrouping<string, KernelConfiguration> group in modelClass.Configurations
            .Where(static configuration => configuration.Target != KernelTarget.Cpu)
            .GroupBy(UnitClass))
        {
            any = true;
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

        if (any)
        {
            yield return new(
                $"{modelClass.FileName}.{HeadersClass}.g.cs",
                ClassScope.Write(modelClass, "The part that all CUDA C sources of this class include.", "", writer =>
                {
                    writer.Open($"private static class {HeadersClass}");
                    Utf8Literal.WriteProperty(writer, "Primitives", SimtKernelUnit.RenderPrimitives(templates));
                    writer.Close();
                }));
        }
    }
}
