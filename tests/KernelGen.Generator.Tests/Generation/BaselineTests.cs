using KernelGen.Generator.Tests.Baselines;
using KernelGen.Generator.Tests.Compilations;

namespace KernelGen.Generator.Tests.Generation;

/// <summary>Every emitted byte of a few classes, held by committed files.</summary>
[TestClass]
public sealed class BaselineTests
{
    [TestMethod]
    [DataRow(nameof(ModelSources.OneHeadDim), ModelSources.OneHeadDim)]
    [DataRow(nameof(ModelSources.Nested), ModelSources.Nested)]
    [DataRow(nameof(ModelSources.LargestHeadDim), ModelSources.LargestHeadDim)]
    [DataRow(nameof(ModelSources.Hopper), ModelSources.Hopper)]
    public void EmittedFiles_AreTheCommittedOnes(string name, string source)
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(source));

        // The ending keeps the compiler away from files that are C# but not of this project.
        Baseline.Verify(
            $"tests/KernelGen.Generator.Tests/Baselines/{name}",
            run.Files.ToDictionary(file => file.Key + ".txt", file => file.Value));
    }

    [TestMethod]
    public void Showcase_IsUpToDate()
    {
        string source = File.ReadAllText(Path.Combine(Repository.Root, "GeneratedSamples/Models/StableDiffusion15Attention.cs"));

        Baseline.Verify("GeneratedSamples/Generated", GeneratorRun.Of(TestCompilation.Create(source)).Files);
    }
}
