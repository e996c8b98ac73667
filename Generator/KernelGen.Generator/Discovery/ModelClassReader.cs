using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace KernelGen.Generator.Discovery;

/// <summary>Reads an annotated class into a <see cref="ModelClass"/>.</summary>
internal static class ModelClassReader
{
    /// <summary>Reads a class, or gives null when analyzers report an error on it: half a class would only add errors of its own.</summary>
    /// <param name="symbol">The class.</param>
    /// <param name="attributes">Its <c>[SliceAttention]</c> attributes.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static ModelClass? Read(INamedTypeSymbol symbol, ImmutableArray<AttributeData> attributes, CancellationToken cancellationToken)
    {
        if (ModelClassRules.HasError(symbol, cancellationToken))
            return null;

        ImmutableArray<KernelConfiguration>.Builder configurations = ImmutableArray.CreateBuilder<KernelConfiguration>();
        HashSet<KernelConfiguration> seen = [];
        foreach (AttributeData attribute in attributes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (SliceAttentionUsage.Read(attribute, cancellationToken) is not { HasError: false } usage)
                return null;

            configurations.AddRange(VariantExpansion.Expand(usage).Where(seen.Add));
        }

        return new(
            symbol.ContainingNamespace.IsGlobalNamespace ? "" : symbol.ContainingNamespace.ToDisplayString(),
            new(ContainingTypes(symbol)),
            symbol.Name,
            symbol.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat.WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.None)),
            new(configurations.ToImmutable()));
    }

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
            headers.Insert(0, $"partial {keyword} {type.Name}");
        }

        return headers.ToImmutable();
    }
}
