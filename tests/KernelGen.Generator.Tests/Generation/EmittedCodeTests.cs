using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;

namespace KernelGen.Generator.Tests.Generation;

[TestClass]
public sealed class EmittedCodeTests
{
    [TestMethod]
    [DataRow(ModelSources.OneHeadDim)]
    [DataRow(ModelSources.Nested)]
    [DataRow(ModelSources.LargestHeadDim)]
    public void EmittedCode_CompilesWithoutAnyDiagnostic(string source)
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(source));

        Assert.AreSequenceEqual<string>([], Faults(run.Output));
    }

    [TestMethod]
    public void EveryHeadDim_InEveryElementTypeFamilyAndTarget_Compiles()
    {
        string headDims = string.Join(", ", Enumerable.Range(1, 64).Select(i => i * 8));
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(
            $$"""
            using KernelGen;

            [SliceAttention(HeadDims = [{{headDims}}], SliceRows = [512])]
            public sealed partial class Everything;
            """));

        Assert.AreSequenceEqual<string>([], Faults(run.Output));
    }

    [TestMethod]
    public void EmittedText_HasOnlyLineFeeds_AndNoTrailingWhiteSpace()
    {
        foreach ((string name, string text) in GeneratorRun.Of(TestCompilation.Create(ModelSources.OneHeadDim)).Files)
        {
            Assert.DoesNotContain("\r", text, name);
            Assert.IsFalse(text.Split('\n').Any(line => line.EndsWith(' ')), $"{name} has a line that ends with a space.");
        }
    }

    [TestMethod]
    public void TwoAttributes_AddTheirVariants_EachOnce()
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(
            """
            using KernelGen;
            using KernelGen.Kernels;
            using KernelGen.Tensors;

            [SliceAttention(HeadDims = [40], ElementTypes = [ElementType.Float16], SliceRows = [512], Targets = [KernelTarget.Cpu])]
            [SliceAttention(HeadDims = [40, 64], ElementTypes = [ElementType.Float16], SliceRows = [512], Targets = [KernelTarget.Cpu])]
            public sealed partial class Two;
            """));

        string catalogue = run.Files["Two.Catalogue.g.cs"];
        Assert.AreEqual(2, catalogue.Split("materialized-cpu-f16-d").Length - 1);
        Assert.AreEqual(4, catalogue.Split("streaming-cpu-f16-d").Length - 1);
    }

    [TestMethod]
    public void TensorCoreTarget_HasSeveralStreamingVariants_AndNoneForFloat32()
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(
            """
            using KernelGen;
            using KernelGen.Kernels;
            using KernelGen.Tensors;

            [SliceAttention(
                HeadDims = [40], ElementTypes = [ElementType.Float16, ElementType.Float32], SliceRows = [512],
                Targets = [KernelTarget.Sm80])]
            public sealed partial class TensorCores;
            """));

        Assert.IsEmpty(Faults(run.Output));
        string catalogue = run.Files["TensorCores.Catalogue.g.cs"];
        foreach (string id in new[] { "materialized-sm80-f16-d40-r512", "streaming-sm80-f16-d40-r64", "streaming-sm80-f16-d40-r128",
            "streaming-sm80-f16-d40-r128-k80" })
            Assert.Contains($"\"{id}\"", catalogue);
        Assert.AreEqual(1, catalogue.Split("{ MaximumKeys = 80, ").Length - 1);
        Assert.DoesNotContain("f32", catalogue);
    }

    [TestMethod]
    [DataRow("Simt", "Streaming",
        "kernelgen_primitives.cuh kernelgen_score.cuh kernelgen_simt.cuh kernelgen_slice.cuh kernelgen_key_chunks.cuh "
            + "kernelgen_reductions.cuh kernelgen_simt_streaming.cuh")]
    [DataRow("Sm80", "Streaming",
        "kernelgen_primitives.cuh kernelgen_score.cuh kernelgen_sm80.cuh kernelgen_slice.cuh kernelgen_key_chunks.cuh "
            + "kernelgen_sm80_streaming_split.cuh")]
    [DataRow("Cpu", "Streaming", "")]
    public void Class_CarriesTheHeadersOfItsKernelsOnly(string target, string family, string names)
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(
            $$"""
            using KernelGen;
            using KernelGen.Kernels;
            using KernelGen.Tensors;

            [SliceAttention(
                HeadDims = [512], ElementTypes = [ElementType.Float16], Families = [KernelFamily.{{family}}],
                Targets = [KernelTarget.{{target}}])]
            public sealed partial class OneKernel;
            """));

        string headers = run.Files.GetValueOrDefault("OneKernel.CudaHeaders.g.cs", "");

        Assert.AreSequenceEqual(
            names.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            headers.Split('\n').Where(line => line.Contains("CudaHeader ", StringComparison.Ordinal)).Select(line => line.Split('"')[1]));
        Assert.IsEmpty(Faults(run.Output));
    }

    [TestMethod]
    public void ClassesWhoseNamesDifferInCaseOnly_GetFilesOfTheirOwn()
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(
            """
            [KernelGen.SliceAttention(HeadDims = [8], SliceRows = [512])] public partial class Plain;
            [KernelGen.SliceAttention(HeadDims = [8], SliceRows = [512])] public partial class plain;
            """));

        Assert.IsNull(run.Result.Exception);
        Assert.AreSequenceEqual<string>([], Faults(run.Output));
    }

    [TestMethod]
    public void NamesThatAreKeywords_AreEscaped() => Assert.AreSequenceEqual<string>([], Faults(GeneratorRun.Of(TestCompilation.Create(
        """
        namespace @event.@new;

        public partial struct @struct
        {
            [KernelGen.SliceAttention(HeadDims = [8], SliceRows = [512])] public partial class @class;
        }
        """)).Output));

    [TestMethod]
    public void BaseClassWithAMemberOfTheSameName_IsNoWarning() =>
        Assert.AreSequenceEqual<string>([], Faults(GeneratorRun.Of(TestCompilation.Create(
        """
        public class Base { public int Kernels => 1; public void Run() { } }

        [KernelGen.SliceAttention(HeadDims = [8], SliceRows = [512])] public partial class Derived : Base;
        """)).Output));

    [TestMethod]
    public void WithoutUnsafeCode_CpuKernelsAreLeftOut_SoThatTheAnalyzerIsHeard()
    {
        const string Cpu = "[KernelGen.SliceAttention(HeadDims = [8], SliceRows = [512])] public partial class Cpu;";
        const string Gpu =
            "[KernelGen.SliceAttention(HeadDims = [8], SliceRows = [512], Targets = [KernelGen.Kernels.KernelTarget.Simt])] public "
                + "partial class Gpu;";
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create([Cpu, Gpu], allowUnsafe: false));

        Assert.IsTrue(run.Files.Keys.All(name => name.StartsWith("Gpu.", StringComparison.Ordinal)));
        Assert.IsNotEmpty(run.Files);
        Assert.AreSequenceEqual<string>([], Faults(run.Output));
    }

    [TestMethod]
    public void QuickStartOfTheReadme_Compiles()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        int begin = readme.IndexOf("```csharp\nusing KernelGen;", StringComparison.Ordinal) + "```csharp\n".Length;
        string code = readme[begin..readme.IndexOf("```", begin, StringComparison.Ordinal)];

        Compilation compilation = TestCompilation.Create(["global using System;\n" + code]);
        GeneratorRun run = GeneratorRun.Of(compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication)));

        Assert.AreSequenceEqual<string>([], Faults(run.Output));
    }

    [TestMethod]
    [DataRow("public sealed class NotPartial;")]
    [DataRow("public static partial class Static;")]
    [DataRow("public partial class Generic<T>;")]
    public void ClassesThatAnalyzersReport_GetNoCode(string declaration) =>
        Assert.IsEmpty(GeneratorRun.Of(TestCompilation.Create($"[KernelGen.SliceAttention(HeadDims = [40])] {declaration}")).Files);

    [TestMethod]
    [DataRow("")]
    [DataRow("HeadDims = []")]
    [DataRow("HeadDims = [41]")]
    [DataRow("HeadDims = [520]")]
    [DataRow("HeadDims = [40], SliceRows = []")]
    [DataRow("HeadDims = [40], SliceRows = [100]")]
    [DataRow("HeadDims = [40], Families = []")]
    [DataRow("HeadDims = [40], Targets = [(KernelGen.Kernels.KernelTarget)9]")]
    public void ArgumentsThatAnalyzersReport_GetNoCode(string arguments) =>
        Assert.IsEmpty(
            GeneratorRun.Of(TestCompilation.Create($"[KernelGen.SliceAttention({arguments})] public partial class Wrong;")).Files);

    private static string[] Faults(Compilation compilation) => TestCompilation.FaultsOf(compilation);
}
