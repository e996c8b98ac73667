using System.Reflection;
using System.Runtime.Loader;
using KernelGen.Generator.Tests.Compilations;
using KernelGen.Generator.Tests.Rendering;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelGen.Generator.Tests.Generation;

/// <summary>
/// What the generator asks of a compiler: the assembly that is shipped beside it, and none that a compiler may lack or have in another
/// version.
/// </summary>
[TestClass]
public sealed class GeneratorLoadingTests
{
    // Scriban names both; the first in a version that is newer than that of many compilers.
    private static readonly string[] _neverAskedFor = ["System.Text.Json", "Microsoft.CSharp"];

    [TestMethod]
    public void Class_IsGeneratedWithScribanAlone()
    {
        var compiler = new CompilerContext("KernelGen.Generator", "Scriban.Signed");
        Type generator = compiler.Load("KernelGen.Generator").GetType(typeof(SliceAttentionGenerator).FullName!, throwOnError: true)!;

        GeneratorDriverRunResult result = CSharpGeneratorDriver.Create((IIncrementalGenerator)Activator.CreateInstance(generator)!)
            .RunGenerators(TestCompilation.Create(ModelSources.OneHeadDim))
            .GetRunResult();

        Assert.IsEmpty(result.Diagnostics);
        Assert.IsNotEmpty(result.GeneratedTrees);
        AssertAskedFor(compiler);
    }

    [TestMethod]
    public void EveryConstruct_IsRenderedWithScribanAlone()
    {
        string tests = typeof(GeneratorLoadingTests).Assembly.GetName().Name!;
        var compiler = new CompilerContext(tests, "KernelGen.Generator", "Scriban.Signed");
        MethodInfo render =
            compiler.Load(tests).GetType(typeof(GeneratorLoadingTests).FullName!, throwOnError: true)!.GetMethod(nameof(RenderLanguage))!;

        string[] texts = (string[])render.Invoke(null, null)!;

        Assert.AreSequenceEqual(LanguageCases.All.Select(language => language.Expected).ToArray(), texts);
        AssertAskedFor(compiler);
    }

    /// <summary>What Scriban makes of each construct; called in the other context.</summary>
    public static string[] RenderLanguage() =>
        [.. LanguageCases.All.Select(language => language.Library.Render(LanguageCase.TemplateName, LanguageCase.Model))];

    private static void AssertAskedFor(CompilerContext compiler)
    {
        Assert.Contains("Scriban.Signed", compiler.AskedFor);
        Assert.IsEmpty(compiler.AskedFor.Intersect(_neverAskedFor));
    }

    /// <summary>Loads some assemblies once more, as a compiler does with those of a generator, and writes down what they ask for.</summary>
    private sealed class CompilerContext(params string[] own) : AssemblyLoadContext("compiler")
    {
        public HashSet<string> AskedFor { get; } = [];

        public Assembly Load(string name) => LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            AskedFor.Add(assemblyName.Name!);
            return own.Contains(assemblyName.Name) ? Load(assemblyName.Name!) : null;
        }
    }
}
