using KernelGen.Generator.Kernels;
using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelGen.Generator.Emission;

/// <summary>The names of the members that a class gets, which its author cannot give to others.</summary>
internal static class EmittedMembers
{
    // The emitted text itself is asked, so that a new member needs no second list.
    private static readonly Lazy<ImmutableArray<string>> _callable = new(static () =>
    [
        .. CSharpSyntaxTree.ParseText(ModelClassMembers.Write(new("", default, "Any", "Any", default))).GetRoot()
            .DescendantNodes().OfType<ClassDeclarationSyntax>().Single().Members.SelectMany(Names),
    ]);

    public static ISet<string> Names(KernelDesigns designs, IEnumerable<KernelRequest> requests)
    {
        ImmutableArray<KernelVariant> variants = designs.Variants(requests);
        HashSet<string> names = new(_callable.Value, StringComparer.Ordinal);
        names.UnionWith(Accessors(CatalogueFile.Property));
        names.UnionWith(variants.Select(static variant => variant.UnitClass));
        if (variants.OfType<CudaVariant>().Any())
            names.Add(CudaFiles.HeadersClass);
        return names;
    }

    // The language keeps the names of both accessors of a property.
    private static IEnumerable<string> Accessors(string property) => [property, "get_" + property, "set_" + property];

    private static IEnumerable<string> Names(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => [method.Identifier.ValueText],
        PropertyDeclarationSyntax property => Accessors(property.Identifier.ValueText),
        FieldDeclarationSyntax field => field.Declaration.Variables.Select(static variable => variable.Identifier.ValueText),
        _ => [],
    };
}
