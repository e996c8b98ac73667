using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0013: a fault in a template of the user's, found by rendering the kernels of each class with it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FaultyTemplateAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [DiagnosticDescriptors.FaultyTemplate];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            Dictionary<string, AdditionalText> files = [];
            List<TemplateOverride> overrides = [];
            foreach (AdditionalText file in start.Options.AdditionalFiles)
            {
                if (TemplateOverrideReader.Read(file, start.Options.AnalyzerConfigOptionsProvider.GetOptions(file), start.CancellationToken) is { } template)
                {
                    files[template.Name] = file;
                    overrides.Add(template);
                }
            }

            if (overrides.Count == 0)
                return;

            TemplateLibrary templates = ModelClassEmitter.WithOverrides(new(overrides.ToImmutableArray()));
            ConcurrentDictionary<string, bool> reported = new();
            start.RegisterSymbolAction(context => Analyze(context, templates, files, reported), SymbolKind.NamedType);
        });
    }

    private static void Analyze(
        SymbolAnalysisContext context, TemplateLibrary templates, Dictionary<string, AdditionalText> files, ConcurrentDictionary<string, bool> reported)
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
                context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.FaultyTemplate, LocationOf(fault, files), fault.Message));
        }
    }

    // A fault can show in an embedded template, when one of the user's assigns or leaves out a name that it needs.
    private static Location LocationOf(TemplateException fault, Dictionary<string, AdditionalText> files)
    {
        bool own = files.TryGetValue(fault.TemplateName, out AdditionalText? file);
        LinePosition position = own ? new(fault.Line - 1, fault.Column - 1) : new(0, 0);
        return Location.Create((file ?? files.Values.First()).Path, default, new LinePositionSpan(position, position));
    }
}
