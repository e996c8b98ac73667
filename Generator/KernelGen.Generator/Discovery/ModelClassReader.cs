using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelGen.Generator.Discovery;

/// <summary>Reads an annotated class into a <see cref="ModelClass"/>.</summary>
internal static class ModelClassReader
{
    /// <summary>The metadata name of the attribute.</summary>
    public const string AttributeName = "KernelGen.SliceAttentionAttribute";

    /// <summary>Reads a class, or gives null when analyzers report an error on it: half a class would only add errors of its own.</summary>
    /// <param name="symbol">The class.</param>
    /// <param name="attributes">Its <c>[SliceAttention]</c> attributes.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static ModelClass? Read(INamedTypeSymbol symbol, ImmutableArray<AttributeData> attributes, CancellationToken cancellationToken)
    {
        if (!CanBeExtended(symbol, cancellationToken))
        {
            return null;
        }

        ImmutableArray<KernelConfiguration>.Builder configurations = ImmutableArray.CreateBuilder<KernelConfiguration>();
        HashSet<KernelConfiguration> seen = [];
        foreach (AttributeData attribute in attributes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SliceAttentionArguments arguments = SliceAttentionArguments.Read(attribute);
            if (!arguments.AreValid)
            {
                return null;
            }

            foreach (KernelConfiguration configuration in VariantExpansion.Expand(arguments))
            {
                if (seen.Add(configuration))
                {
                    configurations.Add(configuration);
                }
            }
        }

        return new(
            symbol.ContainingNamespace.IsGlobalNamespace ? "" : symbol.ContainingNamespace.ToDisplayString(),
            new(ContainingTypes(symbol)),
            symbol.Name,
            symbol.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat.WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.None)),
            new(configurations.ToImmutable()));
    }

    private static bool CanBeExtended(INamedTypeSymbol symbol, CancellationToken cancellationToken)
    {
        if (symbol.IsStatic || symbol.IsAbstract || symbol.IsRecord || symbol.TypeKind != TypeKind.Class)
        {
            return false;
        }

        for (INamedTypeSymbol? type = symbol; type is not null; type = type.ContainingType)
        {
            if (type.IsGenericType || !IsPartial(type, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPartial(INamedTypeSymbol symbol, CancellationToken cancellationToken)
    {
        foreach (SyntaxReference reference in symbol.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration
                && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                return false;
            }
        }

        return true;
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
