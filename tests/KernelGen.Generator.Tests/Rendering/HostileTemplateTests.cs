using System.Diagnostics;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Rendering;

/// <summary>
/// Templates that would end the compiler, fill its memory or keep it busy. Each is a fault with a place, soon, on a stack smaller than any
/// compiler's.
/// </summary>
[TestClass]
public sealed class HostileTemplateTests
{
    private const int StackBytes = 512 * 1024;
    private const int Many = 20_000;

    // A slow core under load takes a tenth of this for the longest.
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(30);

    // No text of these is more than a few megabytes at any time.
    private const long MostBytes = 512L << 20;

    [TestMethod]
    [DataRow("{{ head_dim", ".b", " }}", "")]
    [DataRow("{{ stages", "[0]", " }}", "")]
    [DataRow("{{ x = 1 }}{{ x", "[0]", " }}", "")]
    [DataRow("{{ ", "(", "1", ")")]
    [DataRow("{{ ", "!", "true }}", "")]
    [DataRow("{{ ", "- ", "1 }}", "")]
    [DataRow("{{ 1", " + 1", " }}", "")]
    [DataRow("{{ true", " && true", " }}", "")]
    [DataRow("{{ ", "true ? ", "1", " : 1")]
    [DataRow("{{ ", "false ? 1 : ", "1 }}", "")]
    [DataRow("{{ x = ", "[", "", "]")]
    [DataRow("{{ x = ", "{a:", "1", "}")]
    [DataRow("", "{{ if true }}", "a", "{{ end }}")]
    [DataRow("", "{{ if true }}", "", "")]
    [DataRow("{{ if false }}", "{{ else if false }}", "{{ end }}", "")]
    [DataRow("", "{{ for i in 0..0 }}", "a", "{{ end }}")]
    [DataRow("", "{{ while true }}", "a", "{{ end }}")]
    [DataRow("", "{{ func f(a) }}", "a", "{{ end }}")]
    [DataRow("", "{{ capture a }}", "a", "{{ end }}")]
    [DataRow("{{ ", "f(", "1", ")")]
    [DataRow("{{ 1 ", "| f ", "}}", "")]
    [DataRow("{{ ", "$'{", "1", "}'")]
    [DataRow("{{ f ", "do; f ", "", "; end")]
    [DataRow("", "{{", "", "")]
    [DataRow("", "{{ else }}", "", "")]
    public void DeepNesting_IsAFault(string before, string opening, string middle, string closing) => AssertFault(
        before + Repeat(opening, Many) + middle + Repeat(closing, Many));

    [TestMethod]
    [DataRow("{{ s = 'a' }}{{ for i in 0..<40 }}{{ s = s + s }}{{ end }}", "a string is longer than 65536 characters")]
    [DataRow("{{ s = '' }}{{ for i in 0..<1000000 }}{{ s = s + 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }}{{ end }}",
        "the template writes more than 8388608 characters")]
    [DataRow("{{ a = 'x' }}{{ for i in 0..<40 }}{{ capture a }}{{ a }}{{ a }}{{ end }}{{ end }}",
        "a string is longer than 65536 characters")]
    [DataRow("{{ for i in 0..<999999 }}{{ for j in 0..<999999 }}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }}{{ end }}{{ end }}",
        "the template writes more than 8388608 characters")]
    [DataRow("{{ for i in 0..<999999 }}{{ for j in 0..<999999 }}text text text text{{ end }}{{ end }}",
        "the template writes more than 8388608 characters")]
    [DataRow("{{ for i in 0..<999999 }}{{ for j in 0..<999999 }}{{ end }}{{ end }}",
        "Exceeding number of iteration limit `1000000` for loop statement.")]
    [DataRow("{{ while true }}{{ end }}", "the template evaluates more than 2000000 statements and expressions")]
    [DataRow("{{ for i in 0..1000000000000 }}{{ end }}", "Range expression exceeds LoopLimit `1000000`.")]
    [DataRow("{{ x = [] }}{{ for i in 0..<1000000 }}{{ x = [x, 1, 2, 3, 4, 5, 6, 7] }}{{ end }}",
        "the template evaluates more than 2000000 statements and expressions")]
    [DataRow("{{ x = 1 << 1000000 }}", "the result of 1 << 1000000 does not fit in 64 bits")]
    [DataRow("{{ include 'main.sbn' }}{{ include 'main.sbn' }}", "includes are nested more than 32 deep")]
    [DataRow("{{ func f(a) }}{{ f(a) }}{{ end }}{{ f(1) }}", "Exceeding number of recursive depth limit `65` for node: `f(a)`")]
    [DataRow("{{ func f(a) }}{{ if a > 0 }}{{ f(a - 1) }}{{ f(a - 1) }}{{ end }}{{ end }}{{ f(40) }}",
        "the template evaluates more than 2000000 statements and expressions")]
    [DataRow("{{ if depth(0) }}{{ end }}{{ x = tile" + Chain + " }}",
        "more than 32 members and indices in a row; assign parts of them to names")]
    public void RunawayTemplate_IsAFault(string template, string description) =>
        StringAssert.StartsWith(AssertFault(template).Description, description);

    [TestMethod]
    public void IncludeTree_IsAFault() => StringAssert.StartsWith(
        AssertFault(
            "{{ n = 31 }}{{ include 'p.sbn' }}",
            ("p.sbn", "{{ if n > 0 }}{{ n = n - 1 }}{{ include 'p.sbn' }}{{ include 'p.sbn' }}{{ n = n + 1 }}{{ end }}")).Description,
        "the template evaluates more than 2000000 statements and expressions; included from ");

    [TestMethod]
    public void DeepBlocksInDeepIncludes_AreAFault()
    {
        string partial = Repeat("{{ if true }}", 60) + "{{ include 'p.sbn' }}" + Repeat("{{ end }}", 60);

        StringAssert.StartsWith(AssertFault("{{ include 'p.sbn' }}", ("p.sbn", partial)).Description, "Insufficient stack to continue");
    }

    [TestMethod]
    public void LoopsAcrossIncludes_AreNestedToALimit() => StringAssert.StartsWith(
        AssertFault("{{ include 'p.sbn' }}",
            ("p.sbn", "{{ for i in 0..0 }}{{ for j in 0..0 }}{{ include 'p.sbn' }}{{ end }}{{ end }}")).Description,
        "loops are nested more than 32 deep");

    [TestMethod]
    public void HugeTemplate_IsAFault() =>
        Assert.AreEqual(
            "the template is longer than 262144 characters", AssertFault(string.Concat(Enumerable.Repeat("{{ 1 }}", 50_000))).Description);

    [TestMethod]
    public void HugeMessage_IsCut() => Assert.IsLessThan(5000, AssertFault("{{ " + new string('a', 100_000) + " }}").Message.Length);

    [TestMethod]
    public void ManyRenderingsOfAClass_AreCountedTogether()
    {
        TemplateLibrary library = Library("{{ for i in 0..<100000 }}" + new string('a', 64) + "{{ end }}");
        TemplateLibrary metered = library.Metered();
        void Render(TemplateLibrary templates)
        {
            for (int i = 0; i < 60; i++)
                templates.Render(LanguageCase.TemplateName, []);
        }

        TemplateException exception = Assert.ThrowsExactly<TemplateException>(() => Render(metered));

        StringAssert.StartsWith(
            exception.Description, "the kernels of this class take more work or text than the compiler can be asked for");
    }

    [TestMethod]
    public async Task Cancellation_StopsALoop()
    {
        using CancellationTokenSource source = new();
        TemplateLibrary library = Library("{{ func f(a) }}{{ if a > 0 }}{{ f(a - 1) }}{{ f(a - 1) }}{{ end }}{{ end }}{{ f(40) }}");
        Task rendering = Task.Run(() => library.Render(LanguageCase.TemplateName, [], source.Token));
        await source.CancelAsync();

        await Assert.ThrowsExactlyAsync<OperationCanceledException>(() => rendering);
    }

    // Random pieces of templates and kernels: whatever they make, it is a text or a fault with a place.
    [TestMethod]
    public void RandomTemplate_IsATextOrAFault()
    {
        string[] pieces =
        [
            "{{", "}}", "{{~", "~}}", "{{-", "-}}", "{%{", "}%}", "if", "else", "end", "for", "in", "while", "func", "ret", "capture",
            "case", "when", "with", "wrap",
            "import", "break", "continue", "do", "include", "'p.sbn'", "x", "i", "head_dim", "tile.rows", "stages[0]", "stages", "name",
            "causal", "zero", "1", "0", "-1",
            "9999999999", "0x1", "1.5", "'a'", "\"b\"", "`c`", "$'{x}'", "+", "-", "*", "//", "%", "/", "==", "!=", "<", ">", "<=", "&&",
            "||", "!", "=", "+=", "++",
            "?", ":", "??", "?.", "..", "..<", "(", ")", "[", "]", "{", "}", "|", ",", ";", "\n", " ", "#", "##", "@", "^", "$", "$0",
            "this", "null", "true", "<<", "&",
            "text", "\\", "'", "\"", "é", "\0", "0..3", "for.index", "f(1)",
        ];
        string[] kernels = [.. TemplateLibrary.Embedded.Names.Select(TemplateLibrary.Embedded.TextOf)];
        var random = new Random(20261126);
        for (int i = 0; i < 6000; i++)
        {
            string template = i % 2 == 0
                ? "{{ " + string.Join(' ', Enumerable.Range(0, random.Next(1, 40)).Select(_ => pieces[random.Next(pieces.Length)]))
                : Mutated(kernels[random.Next(kernels.Length)], pieces, random);
            try
            {
                TemplateLibrary.Embedded
                    .WithOverrides([KeyValuePair.Create("main.sbn", template), KeyValuePair.Create("p.sbn", "<{{ x }}>")])
                    .Render("main.sbn", LanguageCase.Model);
            }
            catch (TemplateException fault)
            {
                Assert.IsTrue(fault is { Line: > 0, Column: > 0, Description.Length: > 0 }, template);
            }
        }
    }

    private const string Chain = ".part.part.part.part.part.part.part.part.part.part.part"
        + ".part.part.part.part.part.part.part.part.part.part.part"
        + ".part.part.part.part.part.part.part.part.part.part.part";

    private static string Mutated(string text, string[] pieces, Random random)
    {
        for (int n = random.Next(1, 6); n > 0; n--)
        {
            int at = random.Next(text.Length + 1);
            text = random.Next(2) == 0
                ? text.Insert(at, pieces[random.Next(pieces.Length)])
                : text.Remove(at, Math.Min(random.Next(12), text.Length - at));
        }

        return text;
    }

    private static TemplateException AssertFault(string template, params (string Name, string Text)[] partials)
    {
        Exception? thrown = null;
        TimeSpan time = default;
        long bytes = 0;
        var thread = new Thread(
            () =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                var clock = Stopwatch.StartNew();
                try
                {
                    Library(template, partials).Render(LanguageCase.TemplateName, LanguageCase.Model);
                }
                catch (Exception exception)
                {
                    thrown = exception;
                }

                time = clock.Elapsed;
                bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            },
            StackBytes);
        thread.Start();
        thread.Join();

        TemplateException fault = Assert.IsInstanceOfType<TemplateException>(thrown, thrown?.ToString() ?? "there was no fault");
        Assert.IsTrue(fault is { Line: > 0, Column: > 0 });
        Assert.IsLessThan(_soon, time);
        Assert.IsLessThan(MostBytes, bytes);
        return fault;
    }

    private static TemplateLibrary Library(string template, params (string Name, string Text)[] partials) =>
        new LanguageCase("", template, "", partials).Library;

    private static string Repeat(string text, int count) =>
        string.Concat(Enumerable.Repeat(text, Math.Min(count, text.Length == 0 ? 0 : TemplateLimits.TemplateLength / 3 / text.Length)));
}
