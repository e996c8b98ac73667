using KernelGen.Generator.Kernels.Cpu;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>Writes the CPU kernels, a file per head dim.</summary>
internal static class CpuFiles
{
    private const string Scores = "cpu/finish-scores.cs.sbn";

    public static IEnumerable<EmittedFile> Write(
        ModelClass modelClass, IEnumerable<CpuVariant> variants, TemplateLibrary templates, CancellationToken cancellationToken)
    {
        bool plainScores = templates.TextOf(Scores) == TemplateLibrary.Embedded.TextOf(Scores);
        foreach (IGrouping<string, CpuVariant> unit in variants.GroupBy(static variant => variant.UnitClass))
        {
            CpuVariant[] members = [.. unit];
            string text = templates.Render(members[0].Template, CpuUnit.Model(members, plainScores), cancellationToken, asCSharp: true);
            yield return new(
                $"{modelClass.FileName}.{unit.Key}.g.cs",
                ClassScope.Write(
                    modelClass,
                    Invariant($"CPU kernels for head dim {members[0].Configuration.HeadDim}."),
                    "",
                    writer => writer.Lines(text.TrimEnd('\n'))));
        }
    }
}
