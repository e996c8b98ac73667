using KernelGen.Generator.Analyzers;

namespace KernelGen.Generator.Tests.Diagnostics;

[TestClass]
public sealed class ModelClassDiagnosticsTests
{
    private const string Attribute = "[SliceAttention(HeadDims = [40])]";

    [TestMethod]
    [DataRow("$ class [|M|];")]
    [DataRow("partial class A { $ class [|M|]; }")]
    [DataRow("class [|A|] { $ partial class M; }")]
    [DataRow("struct [|A|] { partial struct B { $ partial class M; } }")]
    [DataRow("class [|A|] { $ class [|M|]; }")]
    public async Task TypeThatIsNotPartial_IsReportedAtItsName(string source)
    {
        await AnalyzerTest.ReportsAsync("KGEN0001", source.Replace("$", Attribute));
    }

    [TestMethod]
    [DataRow("$ partial class M;")]
    [DataRow("partial interface A { partial struct B { $ public sealed partial class M; } }")]
    [DataRow("class A { class M; }")]
    public async Task PartialType_IsNotReported(string source)
    {
        await AnalyzerTest.ReportsAsync("KGEN0001", source.Replace("$", Attribute));
    }

    [TestMethod]
    public async Task TypeThatIsNotPartial_IsNamedWithTheClass()
    {
        IReadOnlyList<string> messages = await AnalyzerTest.ReportsAsync("KGEN0001", $"class [|A|] {{ {Attribute} partial class M; }}");

        Assert.AreEqual(
            "Type 'A' must be partial, so that kernels for 'M' can be added to it: write 'partial' before its keyword", messages.Single());
    }

    [TestMethod]
    [DataRow("$ public [|static|] partial class M;", "is static")]
    [DataRow("$ [|abstract|] partial class M;", "is abstract")]
    [DataRow("$ [|file|] partial class M;", "is local to its file")]
    [DataRow("$ partial class M[|<T>|];", "is generic")]
    [DataRow("$ partial [|record|] M;", "is a record")]
    [DataRow("$ partial [|record|] class M;", "is a record")]
    [DataRow("$ partial class M[|(int scale)|] { int Scale => scale; }", "has a primary constructor")]
    [DataRow("partial class A[|<T>|] { partial struct B { $ partial class M; } }", "is nested in the generic type 'A'")]
    [DataRow("[|file|] partial class A { $ partial class M; }", "is nested in the type 'A', which is local to its file")]
    [DataRow("class B { public B(int x) { } } $ partial class [|M|] : B { public M() : base(1) { } }",
        "has the base class 'B', which has no accessible constructor without parameters")]
    [DataRow("class B { private B() { } public B(int x) { } } $ partial class [|M|] : B { M() : base(1) { } }",
        "has the base class 'B', which has no accessible constructor without parameters")]
    public async Task UnsupportedClass_IsReportedAtWhatIsInTheWay(string source, string reason)
    {
        IReadOnlyList<string> messages = await AnalyzerTest.ReportsAsync("KGEN0008", source.Replace("$", Attribute));

        Assert.AreEqual($"Class 'M' cannot take the generated constructor and members: it {reason}. Change that, or annotate another "
            + "class.", messages.Single());
    }

    [TestMethod]
    [DataRow("$ public sealed partial class M;")]
    [DataRow("class B { protected B(int x = 0) { } } $ partial class M : B;")]
    [DataRow("partial class A { $ internal partial class M { public M() { } } }")]
    [DataRow("static class S; abstract class T; record R; class G<X>;")]
    public async Task SupportedClass_IsNotReported(string source)
    {
        await AnalyzerTest.ReportsAsync("KGEN0008", source.Replace("$", Attribute));
    }

    [TestMethod]
    [DataRow("int [|Catalogue|];", "'Catalogue'")]
    [DataRow("static int [|Kernels|] => 1;", "'Kernels'")]
    [DataRow("void [|Plan|]() { }", "'Plan'")]
    [DataRow("class [|Run|];", "'Run'")]
    [DataRow("event System.Action [|Launch|] { add { } remove { } }", "'Launch'")]
    [DataRow("delegate void [|Launch|]();", "'Launch'")]
    [DataRow("void [|Warmup|]() { }", "'Warmup'")]
    [DataRow("class [|CpuD40|];", "'CpuD40'")]
    [DataRow("struct [|Sm90aD40|];", "'Sm90aD40'")]
    [DataRow("int [|CudaHeaders|];", "'CudaHeaders'")]
    [DataRow("public [|M|](int x) { }", "a constructor with one parameter")]
    public async Task MemberThatIsGenerated_IsReportedAtItsName(string member, string description)
    {
        IReadOnlyList<string> messages = await AnalyzerTest.ReportsAsync("KGEN0011", $"{Attribute} partial class M {{ {member} }}");

        Assert.AreEqual($"Class 'M' declares {description}, which is generated: rename or remove it", messages.Single());
    }

    [TestMethod]
    [DataRow("$ partial class M { public M() { } M(int x, int y) { } void Running() { } int plan; class CpuD48; static M() { } }")]
    [DataRow("class B { public void Run() { } } $ partial class M : B;")]
    [DataRow("$ partial class M(int scale) { int Scale => scale; }")]
    [DataRow("$ partial record M;")]
    public async Task OtherMembers_AreNotReported(string source)
    {
        await AnalyzerTest.ReportsAsync("KGEN0011", source.Replace("$", Attribute));
    }

    [TestMethod]
    public async Task GeneratedMembers_DoNotConflictWithThemselves()
    {
        string[] sources =
        [
            $"using KernelGen; {Attribute} partial class M;",
            "// <auto-generated/>\npartial class M { public M(object host) { } public void Run() { } }",
        ];

        Assert.IsEmpty(await AnalyzerTest.DiagnosticsOfAsync(sources, [new ModelClassAnalyzer()]));
    }
}
