using System.Reflection;
using KernelGen.Generator.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace KernelGen.Generator.Tests.Diagnostics;

[TestClass]
public sealed class DescriptorTests
{
    private static readonly IReadOnlyList<DiagnosticDescriptor> _descriptors =
    [
        .. typeof(DiagnosticDescriptors).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetValue(null))
            .OfType<DiagnosticDescriptor>()
            .OrderBy(descriptor => descriptor.Id, StringComparer.Ordinal),
    ];

    [TestMethod]
    public void Descriptors_AreNumberedWithoutGaps()
    {
        string[] expected = [.. Enumerable.Range(1, _descriptors.Count).Select(i => FormattableString.Invariant($"KGEN{i:0000}"))];

        Assert.AreSequenceEqual(expected, _descriptors.Select(descriptor => descriptor.Id).ToArray());
        Assert.HasCount(17, _descriptors);
    }

    [TestMethod]
    public void Descriptors_HaveOneAnalyzerEach()
    {
        string[] reported =
            [.. AnalyzerTest.AllAnalyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(descriptor => descriptor.Id)
                .Order(StringComparer.Ordinal)];

        Assert.AreSequenceEqual(_descriptors.Select(descriptor => descriptor.Id).ToArray(), reported);
    }

    [TestMethod]
    public void Descriptors_HaveOnePageEach()
    {
        string[] pages =
        [
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "diagnostics"), "KGEN*.md").Order(StringComparer.Ordinal),
        ];

        Assert.AreSequenceEqual(_descriptors.Select(PageOf), pages);
    }

    [TestMethod]
    public void HelpLinks_LeadToThePages_WhereTheBuildKnowsTheirAddress()
    {
        string? address = typeof(DiagnosticDescriptors).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .SingleOrDefault(metadata => metadata.Key == "KernelGenPages")?.Value;

        foreach (DiagnosticDescriptor descriptor in _descriptors)
            Assert.AreEqual(address is null ? "" : $"{address}docs/diagnostics/{descriptor.Id}.md", descriptor.HelpLinkUri);
    }

    [TestMethod]
    public void Pages_StartWithIdAndTitleAndNameTheSeverity()
    {
        foreach (DiagnosticDescriptor descriptor in _descriptors)
        {
            string page = File.ReadAllText(PageOf(descriptor));

            StringAssert.StartsWith(page, $"# {descriptor.Id}: {descriptor.Title}\n");
            StringAssert.Contains(page, $"Severity: {descriptor.DefaultSeverity.ToString().ToLowerInvariant()}.");
        }
    }

    [TestMethod]
    public void Pages_NameACodeFixWhereThereIsOne()
    {
        string[] fixable =
        [
            .. typeof(KernelGen.CodeFixes.SliceAttentionCodeFix).Assembly.GetTypes()
                .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(CodeFixProvider)))
                .SelectMany(type => ((CodeFixProvider)Activator.CreateInstance(type)!).FixableDiagnosticIds)
                .Order(StringComparer.Ordinal),
        ];
        string[] documented =
        [
            .. _descriptors
                .Where(descriptor => File.ReadAllText(PageOf(descriptor)).Contains("Code fix:", StringComparison.Ordinal))
                .Select(descriptor => descriptor.Id),
        ];

        Assert.AreSequenceEqual(documented, fixable);
    }

    [TestMethod]
    public async Task ClassWithoutFaults_HasNoDiagnostics()
    {
        const string Source = """
            using KernelGen;
            using KernelGen.Tensors;

            namespace Models;

            [SliceAttention(
                HeadDims = [40, 80, 160], ElementTypes = [ElementType.Float16, ElementType.Float32], SliceRows = [512, 2048, 8192])]
            public sealed partial class StableDiffusion15Attention;
            """;

        await AnalyzerTest.ReportsNothingAsync(Source);
    }

    private static string PageOf(DiagnosticDescriptor descriptor) =>
        Path.Combine(Repository.Root, "docs", "diagnostics", descriptor.Id + ".md");
}
