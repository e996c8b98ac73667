using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelGen.Generator.Tests.Compilations;

/// <summary>The generator, run on a compilation in memory, with its steps tracked.</summary>
internal sealed class GeneratorRun
{
    private GeneratorRun(GeneratorDriver driver, Compilation output)
    {
        Driver = driver;
        Output = output;
    }

    public GeneratorDriver Driver { get; }

    public Compilation Output { get; }

    public GeneratorRunResult Result => Driver.GetRunResult().Results.Single();

    public IReadOnlyDictionary<string, string> Files =>
        Result.GeneratedSources.ToDictionary(source => source.HintName, source => source.SourceText.ToString());

    public static GeneratorRun Of(Compilation compilation, params AdditionalText[] additionalTexts) => With(
        CSharpGeneratorDriver.Create(
            [new SliceAttentionGenerator().AsSourceGenerator()],
            additionalTexts,
            (CSharpParseOptions)compilation.SyntaxTrees.First().Options,
            new TemplateNames(),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true)),
        compilation);

    public GeneratorRun Again(Compilation compilation) => With(Driver, compilation);

    private static GeneratorRun With(GeneratorDriver driver, Compilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        return new(driver, output);
    }
}
