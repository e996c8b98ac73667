using System.Collections.Concurrent;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace KernelGen.Generator.Analyzers;

/// <summary>Faults in the user's templates, found by rendering each class, and templates that nothing uses: KGEN0013, 0017.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TemplateAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
        [DiagnosticDescriptors.FaultyTemplate, DiagnosticDescriptors.UnusedTemplate];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            TemplateOverride[] own = ReadAll(start.Options, start.CancellationToken);
            if (own.Length == 0)
                return;

            TemplateLibrary templates = ModelClassEmitter.WithOverrides(new([.. own]));
            ConcurrentDictionary<string, bool> reported = new();
            start.RegisterSymbolAction(context => Analyze(context, templates, own, reported), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(context => ReportUnused(context, own));
        });
    }

    private static TemplateOverride[] ReadAll(AnalyzerOptions options, CancellationToken cancellationToken) =>
    [
        .. options.AdditionalFiles
            .Select(file => TemplateOverrideReader.Read(file, options.AnalyzerConfigOptionsProvider.GetOptions(file), cancellationToken))
            .OfType<TemplateOverride>(),
    ];

    private static void Analyze(
        SymbolAnalysisContext context, TemplateLibrary templates, TemplateOverride[] own, ConcurrentDictionary<string, bool> reported)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        ImmutableArray<AttributeData> attributes = type.GetAttributes().Where(SliceAttentionUsage.IsSliceAttention).ToImmutableArray();
        if (attributes.IsEmpty || ModelClassReader.Read(type, attributes, context.CancellationToken) is not { } modelClass)
            return;

        try
        {
            ModelClassEmitter.EmitWith(templates, KernelDesigns.All, modelClass, context.CancellationToken);
        }
        catch (TemplateException fault)
        {
            // Several classes meet the same fault; once is enough.
            if (reported.TryAdd(fault.Message, true))
                context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.FaultyTemplate, LocationOf(fault, own), fault.Message));
        }
    }

    // A fault can show in an embedded template, when one of the user's assigns or leaves out a name that it needs.
    private static Location LocationOf(TemplateException fault, TemplateOverride[] own)
    {
        TemplateOverride? faulty = own.LastOrDefault(template => template.Name == fault.TemplateName);
        LinePosition position = faulty is null ? default : new(fault.Line - 1, fault.Column - 1);
        return Location.Create((faulty ?? own[0]).Path, default, new LinePositionSpan(position, position));
    }

    // A template that takes no other's place and that no other includes, as when its name is mistyped.
    private static void ReportUnused(CompilationAnalysisContext context, TemplateOverride[] own)
    {
        IEnumerable<string> names = TemplateLibrary.Embedded.Names;
        foreach (TemplateOverride template in own)
        {
            if (names.Contains(template.Name) || own.Any(other => other != template && Includes(other.Text, template.Name)))
                continue;
            context.ReportDiagnostic(Diagnostic.Create(
                DiagnosticDescriptors.UnusedTemplate, Location.Create(template.Path, default, default),
                template.Name, string.Join(", ", NearestNames.Of(template.Name, names))));
        }
    }

    private static bool Includes(string text, string name) =>
        text.Contains(name) || (CudaHeaderTemplate.Named(name) is { } header && text.Contains(header.Name));
}
