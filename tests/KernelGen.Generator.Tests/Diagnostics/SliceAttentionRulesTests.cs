using System.Collections.Immutable;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Tests.Diagnostics;

[TestClass]
public sealed class SliceAttentionRulesTests
{
    [TestMethod]
    [DataRow(8, true, 8)]
    [DataRow(512, true, 512)]
    [DataRow(7, false, 8)]
    [DataRow(9, false, 16)]
    [DataRow(0, false, 8)]
    [DataRow(-8, false, 8)]
    [DataRow(520, false, 512)]
    [DataRow(int.MaxValue, false, 512)]
    [DataRow(int.MinValue, false, 8)]
    public void HeadDim_IsAMultipleOf8From8To512(int value, bool isHeadDim, int nearest)
    {
        Assert.AreEqual(isHeadDim, SliceAttentionRules.IsHeadDim(value));
        Assert.AreEqual(nearest, SliceAttentionRules.NearestHeadDim(value));
    }

    [TestMethod]
    [DataRow(128, true, 128)]
    [DataRow(1048576, true, 1048576)]
    [DataRow(127, false, 128)]
    [DataRow(129, false, 256)]
    [DataRow(0, false, 128)]
    [DataRow(1048577, false, 1048576)]
    [DataRow(int.MaxValue, false, 1048576)]
    public void SliceRows_AreAMultipleOf128From128To1048576(int value, bool isSliceRows, int nearest)
    {
        Assert.AreEqual(isSliceRows, SliceAttentionRules.IsSliceRows(value));
        Assert.AreEqual(nearest, SliceAttentionRules.NearestSliceRows(value));
    }

    [TestMethod]
    public void Order_IsAscendingWithEachValueOnce()
    {
        Assert.AreSequenceEqual([40, 80], SliceAttentionRules.InOrder([80, 40, 80]).ToArray());
        Assert.AreSequenceEqual([1, 2], SliceAttentionRules.IndicesOutOfOrder([80, 40, 80, 96]).ToArray());
        Assert.AreSequenceEqual([2], SliceAttentionRules.IndicesOfRepeats([80, 40, 80, 96]).ToArray());
    }

    // The generator skips a class exactly when an analyzer says that it is an error.
    [TestMethod]
    [DataRow("[SliceAttention(HeadDims = [40])] partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [80, 40])] partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40], SliceRows = [512, 512])] partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40], SliceRows = [], Families = [KernelFamily.Streaming])] partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40])] class M;")]
    [DataRow("class A { [SliceAttention(HeadDims = [40])] partial class M; }")]
    [DataRow("[SliceAttention(HeadDims = [41])] partial class M;")]
    [DataRow("[SliceAttention] partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40], SliceRows = [1])] partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40], SliceRows = [])] partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40], ElementTypes = [])] partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40], Families = [KernelFamily.Streaming, KernelFamily.Streaming])] partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40], Targets = [(KernelTarget)9])] partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40])] static partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40])] partial class M<T>;")]
    [DataRow("[SliceAttention(HeadDims = [40])] partial class M { void Run() { } }")]
    [DataRow("[SliceAttention(HeadDims = [40], Targets = [KernelTarget.Sm80], ElementTypes = [KernelGen.Tensors.ElementType.Float32])] "
        + "partial class M;")]
    [DataRow("[SliceAttention(HeadDims = [40])] partial class M { class var; }")]
    public async Task HasError_AgreesWithTheAnalyzers(string source)
    {
        source = "using KernelGen; using KernelGen.Kernels;\n" + source;
        CSharpCompilation compilation = TestCompilation.Create(source);
        IReadOnlyList<Diagnostic> diagnostics = await compilation.WithAnalyzers(AnalyzerTest.AllAnalyzers).GetAnalyzerDiagnosticsAsync();
        INamedTypeSymbol type = compilation.GetSymbolsWithName("M").OfType<INamedTypeSymbol>().Single();

        bool hasError = ModelClassReader.Read(type, type.GetAttributes(), CancellationToken.None) is null;

        Assert.AreEqual(diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), hasError);
    }

    [TestMethod]
    public void InvalidConstant_IsLeftToTheCompiler()
    {
        CompilationWithAnalyzers analysis = TestCompilation.Create(
            "using KernelGen; [SliceAttention(HeadDims = [40, Unknown], SliceRows = \"x\")] partial class M;")
                .WithAnalyzers(AnalyzerTest.AllAnalyzers);

        ImmutableArray<Diagnostic> diagnostics = analysis.GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();

        Assert.IsEmpty(diagnostics);
    }
}
