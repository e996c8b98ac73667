using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Rendering;

[TestClass]
public sealed class TemplateLibraryTests
{
    [TestMethod]
    public void Override_ReplacesAndAddsWithoutChangingTheOriginal()
    {
        TemplateLibrary original = Library(("a.sbn", "old {{ include 'b.sbn' }}"), ("b.sbn", "b"));

        TemplateLibrary changed =
            original.WithOverrides([KeyValuePair.Create("b.sbn", "new {{ include 'c.sbn' }}"), KeyValuePair.Create("c.sbn", "c")]);

        Assert.AreEqual("old new c", changed.Render("a.sbn", []));
        Assert.AreEqual("old b", original.Render("a.sbn", []));
        Assert.AreSequenceEqual(["a.sbn", "b.sbn", "c.sbn"], changed.Names.ToArray());
        Assert.AreEqual("b", original.TextOf("b.sbn"));
    }

    [TestMethod]
    public void TemplateWithFault_OnlyFailsWhenUsed()
    {
        TemplateLibrary library = Library(("good.sbn", "ok"), ("bad.sbn", "{{"));

        Assert.AreEqual("ok", library.Render("good.sbn", []));
        Assert.ThrowsExactly<TemplateException>(() => library.Render("bad.sbn", []));
        Assert.ThrowsExactly<TemplateException>(() => library.Render("bad.sbn", []));
    }

    [TestMethod]
    public void UnknownTemplate_NamesTheKnownOnes()
    {
        TemplateLibrary library = Library(("b.sbn", ""), ("a.sbn", ""));

        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => library.Render("c.sbn", []));

        StringAssert.StartsWith(exception.Message, "There is no template 'c.sbn'; known templates: a.sbn, b.sbn.");
        Assert.ThrowsExactly<ArgumentException>(() => library.TextOf("c.sbn"));
    }

    [TestMethod]
    public void EmbeddedTemplates_AreTheTemplatesFolder()
    {
        string folder = Path.Combine(Repository.Root, "Templates");
        IEnumerable<string> files = Directory.EnumerateFiles(folder, "*.sbn", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

        Assert.AreSequenceEqual(files.ToArray(), TemplateLibrary.Embedded.Names.ToArray());
    }

    [TestMethod]
    public void EmbeddedTemplates_AllParse()
    {
        foreach (string name in TemplateLibrary.Embedded.Names)
            Assert.IsTrue(TemplateLibrary.Embedded.TryGet(name, out _), name);
    }

    [TestMethod]
    public void Rendering_FromManyThreadsGivesTheSameText()
    {
        TemplateLibrary library =
            Library(("a.sbn", "{{ for i in 0..<50 }}{{ x = i * n }}{{ include 'b.sbn' }}{{ end }}"), ("b.sbn", "{{ x }},"));

        string[] texts =
            [.. Enumerable.Range(0, 64).AsParallel().AsOrdered().Select(n => library.Render("a.sbn", new TemplateObject { { "n", n } }))];

        for (int n = 0; n < texts.Length; n++)
            Assert.AreEqual(string.Concat(Enumerable.Range(0, 50).Select(i => FormattableString.Invariant($"{i * n},"))), texts[n]);
    }

    [TestMethod]
    public void Cancellation_StopsARendering()
    {
        TemplateLibrary library = Library(("a.sbn", "{{ for i in 0..<1000 }}{{ i }}{{ end }}"));

        Assert.ThrowsExactly<OperationCanceledException>(() => library.Render("a.sbn", [], new CancellationToken(canceled: true)));
    }

    [TestMethod]
    [DataRow("HeadDim", "'HeadDim' is not a template name: use lower-case letters, digits and '_', not starting with a digit.")]
    [DataRow("2d", "'2d' is not a template name: use lower-case letters, digits and '_', not starting with a digit.")]
    [DataRow("", "'' is not a template name: use lower-case letters, digits and '_', not starting with a digit.")]
    [DataRow("for", "'for' is reserved by Scriban; choose another name.")]
    [DataRow("math", "'math' is reserved by Scriban; choose another name.")]
    [DataRow("rows", "'rows' is there already; a name has one value.")]
    public void ModelName_ThatCannotBeUsedIsRejected(string name, string message)
    {
        var model = new TemplateObject { { "rows", 1 } };

        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => model.Add(name, 2));

        StringAssert.StartsWith(exception.Message, message);
    }

    [TestMethod]
    public void LargeTemplate_AllocatesInProportion()
    {
        // About 1 MB of unrolled code, in 20,000 rounds of a loop.
        TemplateLibrary library = Library(("a.sbn", """
            {{~ for i in 0..<20000 ~}}
                acc[{{ i }}] = fma(a[{{ i * stride }}], b[{{ i + 1 }}], acc[{{ i }}]);
            {{~ end ~}}
            """));
        var model = new TemplateObject { { "stride", 8 } };
        library.Render("a.sbn", model);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int length = library.Render("a.sbn", model).Length;
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.IsGreaterThan(1_000_000, length);
        Assert.IsLessThan(16_000_000L, bytes);
    }

    private static TemplateLibrary Library(params (string Name, string Text)[] templates) =>
        TemplateLibrary.Empty.WithOverrides(templates.Select(template => KeyValuePair.Create(template.Name, template.Text)));
}
