using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelGen.Generator.Discovery;

/// <summary>Reads an annotated class into a <see cref="ModelClass"/>.</summary>
internal static class ModelClassReader
{
    private static readonly SymbolDisplayFormat _escaped = SymbolDisplayFormat.CSharpErrorMessageFormat
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <summary>Reads a class, or gives null when analyzers report an error on it: half a class would only add errors of its own.</summary>
    public static ModelClass? Read(INamedTypeSymbol symbol, ImmutableArray<AttributeData> attributes, CancellationToken cancellationToken)
    {
        if (ModelClassRules.HasError(symbol, cancellationToken))
            return null;

        List<KernelRequest> requests = [];
        foreach (AttributeData attribute in attributes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (SliceAttentionUsage.Read(attribute, cancellationToken) is not { HasError: false } usage)
                return null;

            requests.AddRange(usage.Requests());
        }

        if (ModelClassRules.ConflictingMembers(symbol, EmittedMembers.Names(KernelDesigns.All, requests), cancellationToken).Any())
            return null;

        return new(
            symbol.ContainingNamespace.IsGlobalNamespace ? "" : symbol.ContainingNamespace.ToDisplayString(_escaped),
            new(ContainingTypes(symbol)),
            Identifier(symbol),
            symbol.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat.WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.None)),
            new([.. requests]));
    }

    private static string Identifier(INamedTypeSymbol symbol) =>
        SyntaxFacts.GetKeywordKind(symbol.Name) == SyntaxKind.None ? symbol.Name : "@" + symbol.Name;

    private static ImmutableArray<string> ContainingTypes(INamedTypeSymbol symbol)
    {
        ImmutableArray<string>.Builder headers = ImmutableArray.CreateBuilder<string>();
        for (INamedTypeSymbol? type = symbol.ContainingType; type is not null; type = type.ContainingType)
        {
            string keyword = type switch
            {
                { IsRecord: true, TypeKind: TypeKind.Struct } => "record struct",
                { IsRecord: true } => "record",
                { TypeKind: TypeKind.Struct } => "struct",
                { TypeKind: TypeKind.Interface } => "interface",
                _ => "class",
            };
            headers.Insert(0, $"partial {keyword} {Identifier(type)}");
        }

        return headers.ToImmutable();
    }
}
