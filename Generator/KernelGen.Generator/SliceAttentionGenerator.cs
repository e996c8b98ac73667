using KernelGen.Generator.Analyzers;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelGen.Generator;

/// <summary>Gives every class with <c>[SliceAttention]</c> its kernels: attribute to model to text. Analyzers report faults.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class SliceAttentionGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ModelClass> classes = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                SliceAttentionUsage.AttributeName,
                static (node, _) => node is ClassDeclarationSyntax,
                static (match, cancellationToken) =>
                    ModelClassReader.Read((INamedTypeSymbol)match.TargetSymbol, match.Attributes, cancellationToken))
            .Where(static modelClass => modelClass is not null)
            .Select(static (modelClass, _) => modelClass!)
            .WithTrackingName(StepNames.Discover);

        IncrementalValueProvider<EquatableArray<TemplateOverride>> overrides = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, cancellationToken) =>
                TemplateOverrideReader.Read(pair.Left, pair.Right.GetOptions(pair.Left), cancellationToken))
            .Where(static template => template is not null)
            .Collect()
            .Select(static (templates, _) => new EquatableArray<TemplateOverride>(templates!))
            .WithTrackingName(StepNames.TemplateOverrides);

        // File names do not tell upper from lower case; class names do.
        IncrementalValueProvider<EquatableArray<string>> ambiguousNames = classes
            .Select(static (modelClass, _) => modelClass.FileName)
            .Collect()
            .Select(static (names, _) => FileNames.Ambiguous(names));

        // What cannot be compiled is not emitted: analyzers say why (KGEN0009, 0015), but the compiler's own faults come first.
        IncrementalValueProvider<(bool Language, bool Unsafe)> allows = context.CompilationProvider
            .Select(static (compilation, _) => (ProjectAnalyzer.HasLanguage(compilation), ProjectAnalyzer.AllowsUnsafe(compilation)));

        IncrementalValuesProvider<EquatableArray<EmittedFile>> files = classes
            .Combine(allows)
            .Where(static pair => pair.Right.Language && (pair.Right.Unsafe || !pair.Left.HasCpuKernels))
            .Select(static (pair, _) => pair.Left)
            .Combine(ambiguousNames)
            .Select(static (pair, _) => FileNames.MakeUnambiguous(pair.Left, pair.Right))
            .Combine(overrides)
            .Select(static (pair, cancellationToken) => ModelClassEmitter.Emit(pair.Left, pair.Right, cancellationToken))
            .WithTrackingName(StepNames.Render);

        context.RegisterSourceOutput(files, static (output, files) =>
        {
            foreach (EmittedFile file in files)
                output.AddSource(file.HintName, file.Text);
        });
    }
}
