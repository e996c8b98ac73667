using System.Diagnostics;
using KernelGen.Generator.Analyzers;
using KernelGen.Generator.Rendering;
using KernelGen.Generator.Tests.Compilations;
using KernelGen.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Tests.Rendering;

/// <summary>
/// Random templates in the place of the package's, through generator and analyzer as a project has them: kernels, or KGEN0013 with file and
/// line and no kernels; never an exception, a crash, a hang or a gigabyte.
/// </summary>
[TestClass]
public sealed class TemplateFuzzTests
{
    private const string Source =
        """
        using KernelGen;
        using KernelGen.Kernels;
        using KernelGen.Tensors;

        [SliceAttention(HeadDims = [8], ElementTypes = [ElementType.Float16], SliceRows = [128])]
        public sealed partial class Fuzzed;
        """;

    // Of a rendering that is stopped in time.
    private const long MostBytes = 2L << 30;

    private static readonly string[] _pieces =
    [
        "{{", "}}", "{{~", "~}}", "{%{", "}%}", "if", "else", "end", "for", "in", "while", "func", "ret", "capture", "case",
        "when", "with", "break", "continue", "include",
        "'cuda/score.cuh.sbn'", "'mine.sbn'", "include 'mine.sbn'", "x", "x = ", "x[0]", "x.y", "head_dim", "tile",
        ".b.b.b.b.b.b", "1", "0", "-1", "9223372036854775807",
        "1e9", "'a'", "`c`", "$'{x}'", "+", "-", "*", "/", "%", "<<", ">>", "==", "&&", "||", "!", "=", "+=",
        "?", ":", "??", "..", "..<", "0..<999999", "(", ")", "[", "]",
        "{", "}", "|", ",", ";", "\n", " ", "#", "@", "^", "this", "null", "true",
        "s = s + s", "s = 'aaaaaaaa'", "for i in 0..<999999", "while true", "func f(a)", "f(1)",
        "#include \"kernelgen_score.cuh\"", "#include \"nothing.cuh\"", "\0", "é", "\"\"\"", "*/", "//", "\\",
    ];

    private static readonly string[] _names = [.. TemplateLibrary.Embedded.Names];

    [TestMethod]
    public void AnyTemplate_IsAKernelOrAFaultWithAPlace()
    {
        CSharpCompilation compilation = TestCompilation.Create(Source);
        FuzzRun.Of("templates", 60, random =>
        {
            InMemoryText[] texts =
            [
                .. Enumerable.Range(0, random.Any(1, 1, 2)).Select(_ => new InMemoryText(random.Any<string>(_names), Text(random))),
            ];
            texts = [.. texts.DistinctBy(text => text.Path), new InMemoryText("mine.sbn", random.Once(2) ? "{{ x }}" : Text(random))];
            long before = GC.GetTotalAllocatedBytes();
            var clock = Stopwatch.StartNew();

            GeneratorRun run = GeneratorRun.Of(compilation, texts);
            Diagnostic[] faults =
            [
                .. compilation.WithAnalyzers([new TemplateAnalyzer()], new AnalyzerOptions([.. texts], new Compilations.TemplateNames()))
                    .GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult().Where(fault => fault.Severity == DiagnosticSeverity.Error),
            ];

            string told = string.Join('\n', texts.Select(text => $"{text.Path}: {text.GetText()}"));
            Assert.IsNull(run.Result.Exception, told);
            Assert.AreEqual(faults.Length > 0, run.Files.Count == 0, told);
            foreach (Diagnostic fault in faults)
            {
                FileLinePositionSpan place = fault.Location.GetLineSpan();
                Assert.AreEqual("KGEN0013", fault.Id, told);
                Assert.Contains(place.Path, texts.Select(text => text.Path));
                Assert.IsTrue(place.StartLinePosition is { Line: >= 0, Character: >= 0 }, told);
                Assert.MatchesRegex(@"^[a-z0-9_/.-]+\(\d+,\d+\): .", fault.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
            }

            Assert.IsLessThan(TimeSpan.FromSeconds(100), clock.Elapsed, told);
            Assert.IsLessThan(MostBytes, GC.GetTotalAllocatedBytes() - before, told);
            return faults.Length > 0 ? "faults" : "kernels";
        });
    }

    private static string Pieces(Random random) =>
        string.Join(' ', Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Any<string>(_pieces)));

    private static string Text(Random random)
    {
        string text = random.Once(3) ? "" : TemplateLibrary.Embedded.TextOf(random.Any<string>(_names));
        for (int n = random.Next(1, text.Length == 0 ? 30 : 5); n > 0; n--)
        {
            int at = random.Next(text.Length + 1);
            text = random.Next(4) switch
            {
                0 when text.Length > 0 => text.Remove(at, Math.Min(random.Next(40), text.Length - at)),
                1 => text.Insert(at, string.Concat(Enumerable.Repeat(random.Any<string>(_pieces), random.Any(2, 50, 5000)))),
                2 => text.Insert(at, $"{{{{ {Pieces(random)} }}}}"),
                _ => text.Insert(at, random.Any<string>(_pieces)),
            };
        }

        return text;
    }
}
