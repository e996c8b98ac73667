using KernelGen.Generator.Tests.Compilations;
using KernelGen.Generator.Tests.Diagnostics;
using Microsoft.CodeAnalysis;

namespace KernelGen.Generator.Tests.Generation;

/// <summary>Whatever a person calls things, the emitted code compiles, or a diagnostic says why there is none.</summary>
[TestClass]
public sealed class NameTests
{
    // Kernels for the GPU are data: they compile at once.
    private const string Attribute =
        "[global::KernelGen.SliceAttention(HeadDims = [64], SliceRows = [512], Targets = [global::KernelGen.Kernels.KernelTarget.Simt])]";

    private const string OfEveryTarget =
        "[global::KernelGen.SliceAttention(HeadDims = [64], ElementTypes = [global::KernelGen.Tensors.ElementType.Float16], SliceRows = "
            + "[512])]";

    // Reserved words, words of a context, and words that were or may become either.
    private const string Words =
        "abstract add alias allows and args as ascending async await base bool break by byte case catch char checked class const "
            + "continue decimal default delegate descending do double "
            + "dynamic else enum equals event explicit extension extern false field file finally fixed float for foreach from get global "
            + "goto group if implicit in init int interface internal "
            + "into is join let lock long managed method module nameof namespace new not notnull null object on operator or orderby out "
            + "override params partial private protected public readonly "
            + "record ref remove required return sbyte scoped sealed select set short sizeof stackalloc static string struct switch this "
            + "throw true try type typeof typevar uint ulong unchecked "
            + "union unsafe ushort using value virtual void volatile when where while with yield __arglist __makeref __reftype __refvalue "
            + "_ "
            + "plain";

    // A type of such a name is what the word means wherever it is in reach.
    private const string HidingWords = "nint unmanaged var";

    // In one compilation, so that it takes a second and not a minute.
    [TestMethod]
    public async Task Words_NameClassesNamespacesAndContainers()
    {
        string[] words = Words.Split(' ');
        string source = string.Join('\n', words.Select((word, i) =>
            $$"""
            namespace N{{i}}.@{{word}}.@{{word}}
            {
                {{Attribute}} public sealed partial class @{{word}};
                public partial struct Outer
                {
                    public partial record @{{word}} { public partial interface Inner { {{Attribute}} public partial class @{{word}}; } }
                }
            }
            """));

        GeneratorRun run = await AssertSoundAsync(source);

        Assert.HasCount(2 * words.Length, run.Files.Keys.Where(name => name.EndsWith(".Catalogue.g.cs", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task HidingWords_AreReported()
    {
        foreach (string word in HidingWords.Split(' '))
        {
            foreach (string form in new[] { "namespace N { $ partial class @W; }", "class @W; $ partial class M;",
                "namespace N { struct @W; namespace O { partial class A { $ partial class M; } } }",
                "class B { protected enum @W; } $ partial class M : B;" })
                await AssertReportedAsync(form.Replace("$", Attribute).Replace("W", word), "KGEN0008");
        }
    }

    [TestMethod]
    [DataRow("class System; $ partial class M;", "KGEN0008")]
    [DataRow("class KernelGenLike; $ partial class M;", null)]
    [DataRow("$ partial class Plan;", "KGEN0011")]
    [DataRow("$ partial class Run;", "KGEN0011")]
    [DataRow("$ partial class Launch;", "KGEN0011")]
    [DataRow("$ partial class Warmup;", "KGEN0011")]
    [DataRow("$ partial class Kernels;", "KGEN0011")]
    [DataRow("$ partial class Catalogue;", "KGEN0011")]
    [DataRow("$ partial class CudaHeaders;", "KGEN0011")]
    [DataRow("% partial class CpuD64;", "KGEN0011")]
    [DataRow("% partial class Sm90aD64;", "KGEN0011")]
    [DataRow("$ partial class CpuD40;", null)]
    [DataRow("$ partial class get_Kernels;", "KGEN0011")]
    [DataRow("$ partial class _host;", "KGEN0011")]
    [DataRow("$ partial class M { public bool Warmup { get; set; } }", "KGEN0011")]
    [DataRow("% partial class M { public static class Sm90aD64 { } }", "KGEN0011")]
    [DataRow("$ partial class M { public int get_Kernels() => 1; }", "KGEN0011")]
    [DataRow("$ partial class M { static void set_Catalogue(object x) { } }", "KGEN0011")]
    [DataRow("$ partial class M { public T Run<T>(T x) => x; }", "KGEN0011")]
    [DataRow("% partial class M { int Sm80D64; }", "KGEN0011")]
    [DataRow("% partial class M { protected int T = 1, T1 = 2; class TElement; class TVector; class HeadDim; class KernelGen; class "
        + "System; class host; class global; }", null)]
    [DataRow("% partial class T;", null)]
    [DataRow("class T; class host; namespace N { $ partial class M; }", null)]
    [DataRow("namespace KernelGen.Kernels { % partial class M; }", null)]
    [DataRow("namespace X.System.KernelGen.Half { $ partial class M; }", null)]
    [DataRow("namespace N.var { } $ partial class M;", null)]
    [DataRow("static partial class S { $ partial class M; }", null)]
    [DataRow("readonly ref partial struct S { $ partial class M; }", null)]
    [DataRow("partial record struct S(int X) { $ partial class M; }", null)]
    [DataRow("partial interface I { $ private protected sealed partial class M; }", null)]
    [DataRow("partial class Plan { $ partial class M; }", null)]
    [DataRow("partial class A<T> { $ partial class M; }", "KGEN0008")]
    [DataRow("partial class A { partial interface I<in T> { $ partial class M; } }", "KGEN0008")]
    [DataRow("class A { $ partial class M; }", "KGEN0001")]
    [DataRow("[System.Obsolete] class B { [System.Obsolete] public B() { } } $ [System.Obsolete] partial class M : B;", null)]
    [DataRow("abstract class B { public virtual int Kernels => 1; public virtual void Run() { } protected int _host = 1; } $ partial "
        + "class M : B;", null)]
    [DataRow("class B { public required int X { get; init; } } $ partial class M : B;", null)]
    [DataRow("$ partial class M : KernelGen.ISliceAttention;", null)]
    [DataRow("$ partial class Ünïcødé_名前;", null)]
    public async Task NamesAndShapes_CompileOrAreReported(string source, string? id)
    {
        source = source.Replace("$", Attribute).Replace("%", OfEveryTarget);
        if (id is null)
            await AssertSoundAsync(source);
        else
            await AssertReportedAsync(source, id);
    }

    [TestMethod]
    public void Catalogue_SaysTheNameAsPeopleDo() => Assert.Contains(
        "= new(\"record\",\n",
        GeneratorRun.Of(TestCompilation.Create($"{Attribute} partial class @record;")).Files["record.Catalogue.g.cs"]);

    /// <summary>Asserts that the source gets code, which compiles without a warning, and no diagnostic.</summary>
    internal static async Task<GeneratorRun> AssertSoundAsync(string source)
    {
        Compilation compilation = TestCompilation.Create(source);
        GeneratorRun run = GeneratorRun.Of(compilation);

        Assert.IsNull(run.Result.Exception, source);
        Assert.IsNotEmpty(run.Files, source);
        Assert.AreSequenceEqual([], TestCompilation.FaultsOf(run.Output), source);
        Assert.AreSequenceEqual([], await AnalyzerTest.IdsOfAsync(run.Output), source);
        return run;
    }

    /// <summary>Asserts that the source gets no code, and a diagnostic that says why.</summary>
    internal static async Task AssertReportedAsync(string source, string id)
    {
        Compilation compilation = TestCompilation.Create(source);
        GeneratorRun run = GeneratorRun.Of(compilation);

        Assert.IsNull(run.Result.Exception, source);
        Assert.IsEmpty(run.Files, source);
        Assert.AreSequenceEqual([id], await AnalyzerTest.IdsOfAsync(compilation), source);
    }
}
