using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelGen.Generator.Tests.Architecture;

/// <summary>Which files of a project use types that others declare.</summary>
internal static class TypeUses
{
    // What the project's build adds to every file.
    private const string ImplicitUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>Pairs of files, by their paths in the repository: the first uses a type that the second declares.</summary>
    /// <param name="projectFolder">The folder of the project, relative to the repository's root.</param>
    public static IReadOnlySet<(string User, string Declarer)> Of(string projectFolder)
    {
        string root = Path.Combine(Repository.Root, projectFolder);
        SyntaxTree[] trees =
        [
            .. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Select(file => (File: file, Path: Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')))
                .Where(file => !file.Path.Contains("/obj/", StringComparison.Ordinal)
                    && !file.Path.Contains("/bin/", StringComparison.Ordinal))
                .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file.File), TestCompilation.ParseOptions, file.Path)),
        ];
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Uses",
            trees.Append(CSharpSyntaxTree.ParseText(ImplicitUsings, TestCompilation.ParseOptions, "ImplicitUsings.cs")),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(static path => !Path.GetFileName(path).StartsWith("KernelGen.", StringComparison.Ordinal))
                .Select(static path => MetadataReference.CreateFromFile(path)),
            TestCompilation.Options(allowUnsafe: true));

        HashSet<(string User, string Declarer)> uses = [];
        foreach (SyntaxTree tree in trees)
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                foreach (string declarer in DeclarersOf(model.GetSymbolInfo(name)).Where(declarer => declarer != tree.FilePath))
                    uses.Add((tree.FilePath, declarer));
            }
        }

        return uses;
    }

    private static IEnumerable<string> DeclarersOf(SymbolInfo info)
    {
        foreach (ISymbol symbol in info.Symbol is { } only ? [only] : info.CandidateSymbols)
        {
            INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
            while (type?.ContainingType is { } outer)
                type = outer;
            foreach (SyntaxReference reference in type?.DeclaringSyntaxReferences ?? [])
                yield return reference.SyntaxTree.FilePath;
        }
    }
}
