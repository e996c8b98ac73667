using System.Collections.Immutable;
using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>Applies code fixes to a document in memory.</summary>
internal static class CodeFixTest
{
    private const string Usings = "using KernelGen; using KernelGen.Kernels; using KernelGen.Tensors;\n";

    /// <summary>Fixes the first fault that the fix offers itself for; the source as it was when it offers itself for none.</summary>
    public static async Task<string> FixFirstAsync<TAnalyzer, TFix>(string source)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        Document document = CreateDocument(source);
        var provider = new TFix();
        foreach (Diagnostic diagnostic in await DiagnosticsOfAsync<TAnalyzer>(document, provider))
        {
            CodeAction? action = null;
            var context = new CodeFixContext(document, diagnostic, (offered, _) => action = offered, CancellationToken.None);
            await provider.RegisterCodeFixesAsync(context);
            if (action is not null)
                return await ApplyAsync(document, action);
        }

        return source;
    }

    /// <summary>Fixes all faults of the document at once.</summary>
    public static async Task<string> FixAllAsync<TAnalyzer, TFix>(string source)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        Document document = CreateDocument(source);
        var provider = new TFix();
        var context = new FixAllContext(
            document,
            provider,
            FixAllScope.Document,
            typeof(TFix).Name,
            provider.FixableDiagnosticIds,
            new FoundDiagnostics(await DiagnosticsOfAsync<TAnalyzer>(document, provider)),
            CancellationToken.None);
        CodeAction? action = await provider.GetFixAllProvider()!.GetFixAsync(context);
        return action is null ? source : await ApplyAsync(document, action);
    }

    private static Document CreateDocument(string source)
    {
        var workspace = new AdhocWorkspace();
        ProjectInfo project = ProjectInfo.Create(
            ProjectId.CreateNewId(),
            VersionStamp.Default,
            "TestProject",
            "TestProject",
            LanguageNames.CSharp,
            compilationOptions: TestCompilation.Options(allowUnsafe: true),
            parseOptions: TestCompilation.ParseOptions,
            metadataReferences: TestCompilation.References);
        return workspace.AddProject(project).AddDocument("Source.cs", Usings + source);
    }

    private static async Task<IReadOnlyList<Diagnostic>> DiagnosticsOfAsync<TAnalyzer>(Document document, CodeFixProvider provider)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        Compilation compilation = (await document.Project.GetCompilationAsync())!;
        ImmutableArray<Diagnostic> diagnostics = await compilation.WithAnalyzers([new TAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return [.. diagnostics.Where(diagnostic => provider.FixableDiagnosticIds.Contains(diagnostic.Id))
            .OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    private static async Task<string> ApplyAsync(Document document, CodeAction action)
    {
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(CancellationToken.None);
        Solution solution = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        Document changed = solution.GetDocument(document.Id)!;
        string text = (await changed.GetTextAsync()).ToString();
        Assert.AreSequenceEqual([], TestCompilation.ErrorsOf((await changed.Project.GetCompilationAsync())!).ToArray());
        return text[Usings.Length..];
    }

    private sealed class FoundDiagnostics(IReadOnlyList<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
