using KernelGen.Generator.Kernels.Cpu;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>Writes the CPU kernels, a file per head dim, and their text once more as data, to be shown to people.</summary>
internal static class CpuFiles
{
    public const string SourcesClass = "CpuSources";

    public static IEnumerable<EmittedFile> Write(
        ModelClass modelClass, IEnumerable<CpuVariant> variants, TemplateLibrary templates, CancellationToken cancellationToken)
    {
        List<(string Unit, string Text)> units = [];
        foreach (IGrouping<string, CpuVariant> unit in variants.GroupBy(static variant => variant.UnitClass))
        {
            CpuVariant[] members = [.. unit];
            units.Add((unit.Key, templates.Render(members[0].Template, CpuUnit.Model(members), cancellationToken)));
            yield return new(
                $"{modelClass.FileName}.{unit.Key}.g.cs",
                ClassScope.Write(
                    modelClass,
                    Invariant($"CPU kernels for head dim {members[0].Configuration.HeadDim}."),
                    "",
                    writer => writer.Lines(units[units.Count - 1].Text.TrimEnd('\n'))));
        }

        if (units.Count > 0)
        {
            yield return new(
                $"{modelClass.FileName}.{SourcesClass}.g.cs",
                ClassScope.Write(modelClass, "The text of the CPU kernels as data, to be shown to people.", "", writer =>
                {
                    writer.Open($"private static class {SourcesClass}");
                    foreach ((string unit, string text) in units)
                        Utf8Literal.WriteProperty(writer, unit, text);

                    writer.Close();
                }));
        }
    }
}
