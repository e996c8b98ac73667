using System.Collections.Generic;
using System.Linq;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>Writes the CPU kernels, a file per head dim, and their text once more as data, so that a person can ask for it at run time.</summary>
internal static class CpuFiles
{
    /// <summary>The nested class that holds the texts.</summary>
    public const string SourcesClass = "CpuSources";

    public static IEnumerable<EmittedFile> Write(ModelClass modelClass, TemplateLibrary templates, CancellationToken cancellationToken)
    {
        List<(string Unit, string Text)> units = [];
        foreach (IGrouping<int, KernelConfiguration> group in modelClass.Configurations
            .Where(static configuration => configuration.Target == KernelTarget.Cpu)
            .GroupBy(static configuration => configuration.HeadDim))
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<(KernelFamily Family, ElementType ElementType)> kinds =
                [.. group.Select(static configuration => (configuration.Family, configuration.ElementType)).Distinct()];
            units.Add((CpuKernelUnit.ClassName(group.Key), CpuKernelUnit.Render(templates, group.Key, kinds, cancellationToken)));
            yield return new(
                $"{modelClass.FileName}.{units[units.Count - 1].Unit}.g.cs",
                ClassScope.Write(modelClass, $"CPU kernels for head dim {group.Key}.", "", writer => writer.Lines(units[units.Count - 1].Text.TrimEnd('\n'))));
        }

        if (units.Count > 0)
        {
            yield return new(
                $"{modelClass.FileName}.{SourcesClass}.g.cs",
                ClassScope.Write(modelClass, "The text of the CPU kernels as data, to be shown to people.", "", writer =>
                {
                    writer.Open($"private static class {SourcesClass}");
                    foreach ((string unit, string text) in units)
                    {
                        Utf8Literal.WriteProperty(writer, unit, text);
                    }

                    writer.Close();
                }));
        }
    }
}
