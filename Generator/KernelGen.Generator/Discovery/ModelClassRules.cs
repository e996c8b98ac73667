using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelGen.Generator.Discovery;

/// <summary>The requirements on a class for the generator to add members to it.</summary>
internal static class ModelClassRules
{
    private static readonly string[] _words = ["var", "unmanaged", "nint"];
    private static readonly string[] _namespaces = ["System", "KernelGen"];

    /// <summary>True when the class itself keeps the generator from adding to it: KGEN0001 or 0008.</summary>
    public static bool HasError(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        !IsPartial(type, cancellationToken) || FindObstacle(type, cancellationToken) is not null;

    /// <summary>The declarations of a type that are not partial: a class that gets kernels is, and those around it (KGEN0001).</summary>
    public static IEnumerable<BaseTypeDeclarationSyntax> NonPartialDeclarations(INamedTypeSymbol type, CancellationToken cancellation) =>
        DeclarationsOf(type, cancellation).Where(static declaration => !declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>Why the class cannot take the generated constructor and members, and where (KGEN0008); null when it can.</summary>
    public static (Location Location, string Reason)? FindObstacle(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (TypeDeclarationSyntax declaration in DeclarationsOf(type, cancellationToken).OfType<TypeDeclarationSyntax>())
        {
            foreach (SyntaxToken modifier in declaration.Modifiers)
            {
                string? reason = modifier.Kind() switch
                {
                    SyntaxKind.StaticKeyword => "is static",
                    SyntaxKind.AbstractKeyword => "is abstract",
                    SyntaxKind.FileKeyword => "is local to its file",
                    _ => null,
                };
                if (reason is not null)
                    return (modifier.GetLocation(), reason);
            }

            if (declaration is RecordDeclarationSyntax)
                return (declaration.Keyword.GetLocation(), "is a record");
            if (declaration.TypeParameterList is { } typeParameters)
                return (typeParameters.GetLocation(), "is generic");
            if (declaration.ParameterList is { } parameters)
                return (parameters.GetLocation(), "has a primary constructor");
            if (!HasUsableBase(type))
                return (
                    declaration.Identifier.GetLocation(),
                    $"has the base class '{type.BaseType!.Name}', which has no accessible constructor without parameters");
            if (HidingType(type) is { } hiding)
                return (
                    declaration.Identifier.GetLocation(),
                    $"is in reach of a type named '{hiding}', for which the compiler would take a word of the generated code");
        }

        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            foreach (TypeDeclarationSyntax declaration in DeclarationsOf(outer, cancellationToken).OfType<TypeDeclarationSyntax>())
            {
                if (declaration.TypeParameterList is { } typeParameters)
                    return (typeParameters.GetLocation(), $"is nested in the generic type '{outer.Name}'");
                if (declaration.Modifiers.FirstOrDefault(modifier => modifier.IsKind(SyntaxKind.FileKeyword)) is { RawKind: not 0 } file)
                    return (file.GetLocation(), $"is nested in the type '{outer.Name}', which is local to its file");
            }
        }

        return null;
    }

    /// <summary>The members that a person wrote and the generator emits as well (KGEN0011).</summary>
    public static IEnumerable<(Location Location, string Description)> ConflictingMembers(
        INamedTypeSymbol type, ISet<string> emitted, CancellationToken cancellationToken)
    {
        if (emitted.Contains(type.Name))
            yield return (
                DeclarationsOf(type, cancellationToken).First().Identifier.GetLocation(),
                $"a class with the name of a member, '{type.Name}'");

        foreach (ISymbol member in type.GetMembers())
        {
            string? description = null;
            if (member is IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.Length: 1 })
                description = "a constructor with one parameter";
            else if (emitted.Contains(member.Name))
                description = $"'{member.Name}'";
            if (description is null || member.IsImplicitlyDeclared || member is IMethodSymbol { AssociatedSymbol: not null })
                continue;

            // A primary constructor is KGEN0008's concern: its place is the class's.
            foreach (Location location in member.Locations.Except(type.Locations))
            {
                if (location.SourceTree is { } tree && !IsGenerated(tree, cancellationToken))
                    yield return (location, description);
            }
        }
    }

    private static bool IsPartial(INamedTypeSymbol? type, CancellationToken cancellation) =>
        type is null || (!NonPartialDeclarations(type, cancellation).Any() && IsPartial(type.ContainingType, cancellation));

    private static IEnumerable<BaseTypeDeclarationSyntax> DeclarationsOf(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken)).OfType<BaseTypeDeclarationSyntax>();

    // Words of the language that give way to types, and the namespaces that 'global::' begins.
    private static string? HidingType(INamedTypeSymbol type)
    {
        INamespaceSymbol global = type.ContainingNamespace;
        while (global.ContainingNamespace is { } outer)
            global = outer;
        return _words.FirstOrDefault(word => IsInReach(type, word))
            ?? _namespaces.FirstOrDefault(name => !global.GetTypeMembers(name).IsEmpty);
    }

    private static bool IsInReach(INamedTypeSymbol type, string name)
    {
        for (INamespaceOrTypeSymbol? scope = type;
            scope is not null;
            scope = (INamespaceOrTypeSymbol?)scope.ContainingType ?? scope.ContainingNamespace)
        {
            for (INamespaceOrTypeSymbol? holder = scope; holder is not null; holder = (holder as INamedTypeSymbol)?.BaseType)
            {
                if (!holder.GetTypeMembers(name).IsEmpty || holder.Name == name)
                    return true;
            }
        }

        return false;
    }

    private static bool HasUsableBase(INamedTypeSymbol type) =>
        type.BaseType is not { } baseType
        || baseType.InstanceConstructors.Any(constructor =>
            constructor.Parameters.All(parameter => parameter.IsOptional || parameter.IsParams) && IsAccessible(constructor, type));

    private static bool IsAccessible(IMethodSymbol constructor, INamedTypeSymbol from) => constructor.DeclaredAccessibility switch
    {
        Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal => true,
        Accessibility.Internal or Accessibility.ProtectedAndInternal =>
            SymbolEqualityComparer.Default.Equals(constructor.ContainingAssembly, from.ContainingAssembly),
        _ => false,
    };

    // The generator's own output is part of the compilation that analyzers see.
    private static bool IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) =>
        tree.FilePath.EndsWith(".g.cs", StringComparison.OrdinalIgnoreCase)
        || tree.GetRoot(cancellationToken).GetLeadingTrivia().Any(trivia =>
            trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)
            && trivia.ToString().IndexOf("<auto-generated", StringComparison.Ordinal) >= 0);
}
