using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0014: a template of the user's whose name is that of no template, so that nothing changes.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnknownTemplateAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [DiagnosticDescriptors.UnknownTemplate];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterAdditionalFileAction(static context =>
        {
            if (Read(context, context.AdditionalFile) is not { } template || TemplateLibrary.Embedded.Contains(template.Name) || IsIncluded(template.Name, context))
                return;
            IEnumerable<string> nearest = NearestNames.Of(template.Name, TemplateLibrary.Embedded.Names).Select(static name => $"'{name}'");
            context.ReportDiagnostic(Diagnostic.Create(
                DiagnosticDescriptors.UnknownTemplate, Location.Create(context.AdditionalFile.Path, default, default), template.Name, string.Join(", ", nearest)));
        });
    }

    // A project may add templates that its own ones include. A name is looked for as text: it need not be in a statement that runs.
    private static bool IsIncluded(string name, AdditionalFileAnalysisContext context) => context.Options.AdditionalFiles
        .Where(file => file.Path != context.AdditionalFile.Path)
        .Select(file => Read(context, file))
        .Any(template => template is not null && (Mentions(template, $"'{name}'") || Mentions(template, $"\"{name}\"")));

    private static bool Mentions(TemplateOverride template, string text) => template.Text.IndexOf(text, StringComparison.Ordinal) >= 0;

    private static TemplateOverride? Read(AdditionalFileAnalysisContext context, AdditionalText file) =>
        TemplateOverrideReader.Read(file, context.Options.AnalyzerConfigOptionsProvider.GetOptions(file), context.CancellationToken);
}
