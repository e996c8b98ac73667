using BenchmarkDotNet.Attributes;
using KernelGen.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelGen.Benchmarks;

/// <summary>Generating 30 variants: the goal is less than 100 ms warm, and next to nothing when an edit does not concern them.</summary>
[Config(typeof(BenchmarkSettings))]
public class GeneratorBenchmarks
{
    private const string Model =
        """
        using KernelGen;
        using KernelGen.Kernels;
        using KernelGen.Tensors;

        // 3 head dims x 2 element types x (4 slice sizes + streaming) = 30 variants.
        [SliceAttention(
            HeadDims = [40, 80, 160],
            ElementTypes = [ElementType.Float16, ElementType.Float32],
            SliceRows = [512, 1024, 2048, 8192],
            Targets = [KernelTarget.TARGET])]
        public sealed partial class Model;
        """;

    private CSharpCompilation _compilation = null!;
    private CSharpCompilation _edited = null!;
    private GeneratorDriver _ran = null!;

    [Params("Cpu", "Simt")]
    public string Target { get; set; } = "Cpu";

    [GlobalSetup]
    public void Setup()
    {
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        _compilation = CSharpCompilation.Create(
            "Benchmark",
            [CSharpSyntaxTree.ParseText(Model.Replace("TARGET", Target, StringComparison.Ordinal))],
            platform.Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        _edited = _compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated;"));
        _ran = NewDriver().RunGenerators(_compilation);
    }

    [Benchmark(Baseline = true)]
    public GeneratorDriver ThirtyVariants() => NewDriver().RunGenerators(_compilation);

    [Benchmark]
    public GeneratorDriver UnrelatedEdit() => _ran.RunGenerators(_edited);

    private static CSharpGeneratorDriver NewDriver() => CSharpGeneratorDriver.Create(new SliceAttentionGenerator());
}
