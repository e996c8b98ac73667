using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace KernelGen.Generator.Discovery;

/// <summary>Reads an annotated class into a <see cref="ModelClass"/>.</summary>
internal static class ModelClassReader
{
    private static readonly SymbolDisplayFormat _fullName =
        SymbolDisplayFormat.CSharpErrorMessageFormat.WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.None);

    /// <summary>Reads a class, or gives null when analyzers report an error on it: half a class would only add errors of its own.</summary>
    public static ModelClass? Read(INamedTypeSymbol symbol, ImmutableArray<AttributeData> attributes, CancellationToken cancellationToken)
    {
        if (ModelClassRules.HasError(symbol, cancellationToken))
            return null;

        SliceAttentionUsage?[] usages = [.. attributes.Select(attribute => SliceAttentionUsage.Read(attribute, cancellationToken))];
        if (usages.Any(static usage => usage is not { HasError: false }))
            return null;
        KernelRequest[] requests = [.. usages.SelectMany(static usage => usage!.Requests())];
        if (usages.Sum(static usage => usage!.KernelCount) > SliceAttentionRules.MaximumKernels
            || ModelClassRules.ConflictingMembers(symbol, EmittedMembers.Names(KernelDesigns.All, requests), cancellationToken).Any())
        {
            return null;
        }

        return new(
            symbol.ContainingNamespace.IsGlobalNamespace
                ? ""
                : string.Join(".", symbol.ContainingNamespace.ToDisplayString(_fullName).Split('.').Select(Identifier)),
            new(ContainingTypes(symbol)),
            Identifier(symbol.Name),
            symbol.ToDisplayString(_fullName),
            new([.. requests]));
    }

    // Every word of the language, of its context and of its next version is written in small letters.
    private static string Identifier(string name) => name.All(static letter => letter is '_' or (>= 'a' and <= 'z')) ? "@" + name : name;

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
            headers.Insert(0, $"partial {keyword} {Identifier(type.Name)}");
        }

        return headers.ToImmutable();
    }
}
