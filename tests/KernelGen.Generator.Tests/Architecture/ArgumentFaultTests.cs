using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelGen.Generator.Tests.Architecture;

/// <summary>Whoever refuses an argument names it.</summary>
[TestClass]
public sealed class ArgumentFaultTests
{
    [TestMethod]
    public void EveryArgumentException_OfTheRuntime_HasAParamName()
    {
        ObjectCreationExpressionSyntax[] faults =
        [
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "RuntimeHost"), "*.cs", SearchOption.AllDirectories)
                .Where(static file =>
                    !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .SelectMany(static file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file).GetRoot().DescendantNodes())
                .OfType<ObjectCreationExpressionSyntax>()
                .Where(static creation => creation.Type.ToString() is nameof(ArgumentException) or nameof(ArgumentOutOfRangeException)),
        ];

        Assert.IsGreaterThan(20, faults.Length);
        Assert.IsEmpty(faults
            .Where(static fault => fault.ArgumentList!.Arguments.Count < (fault.Type.ToString() == nameof(ArgumentException) ? 2 : 3))
            .Select(static fault => $"{fault.SyntaxTree.FilePath}: {fault}"));
    }
}
