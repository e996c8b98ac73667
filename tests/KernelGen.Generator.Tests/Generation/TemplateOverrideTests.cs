using KernelGen.Generator.Tests.Compilations;

namespace KernelGen.Generator.Tests.Generation;

/// <summary>Templates of the user's, given as additional files with a <c>KernelGenTemplate</c> name.</summary>
[TestClass]
public sealed class TemplateOverrideTests
{
    private const string Primitives = "cuda/primitives.cuh.sbn";

    [TestMethod]
    public void OverriddenTemplate_TakesThePlaceOfTheEmbeddedOne()
    {
        GeneratorRun run = GeneratorRun.Of(
            TestCompilation.Create(ModelSources.OneHeadDim),
            new InMemoryText(Primitives, "// {{ 6 * 7 }} is mine\n"));

        Assert.Contains("// 42 is mine", run.Files["Models.OneHeadDim.CudaHeaders.g.cs"]);
    }

    [TestMethod]
    public void FaultyTemplate_EmitsNothing_AndDoesNotBringTheCompilerDown()
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(ModelSources.OneHeadDim), new InMemoryText(Primitives, "{{ unknown }}"));

        Assert.IsEmpty(run.Files);
        Assert.IsNull(run.Result.Exception);
    }
}
