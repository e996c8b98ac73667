using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using KernelGen.Generator.Tests.Compilations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelGen.Generator.Tests.Generation;

/// <summary>What runs again after an edit, and what the generator holds on to.</summary>
[TestClass]
public sealed class IncrementalityTests
{
    private static readonly string[] _steps = [StepNames.Discover, StepNames.TemplateOverrides, StepNames.Render];

    [TestMethod]
    public void UnrelatedEdit_RunsNothingAgain()
    {
        Compilation compilation = TestCompilation.Create(ModelSources.OneHeadDim);
        GeneratorRun first = GeneratorRun.Of(compilation);

        GeneratorRun second =
            first.Again(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated { int x; }", TestCompilation.ParseOptions)));

        foreach (string step in _steps)
        {
            AssertReasons(second, step, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged);
        }

        Assert.IsTrue(second.Result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs)
            .All(output => output.Reason == IncrementalStepRunReason.Cached));
    }

    [TestMethod]
    public void CommentInTheClass_RendersNothingAgain()
    {
        Compilation compilation = TestCompilation.Create(ModelSources.OneHeadDim);
        GeneratorRun first = GeneratorRun.Of(compilation);

        GeneratorRun second = first.Again(Replace(compilation, ModelSources.OneHeadDim + "\n// A comment."));

        AssertReasons(second, StepNames.Discover, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged);
        AssertReasons(second, StepNames.Render, IncrementalStepRunReason.Cached);
    }

    [TestMethod]
    public void AnotherHeadDim_RendersAgain()
    {
        Compilation compilation = TestCompilation.Create(ModelSources.OneHeadDim);
        GeneratorRun first = GeneratorRun.Of(compilation);

        GeneratorRun second = first.Again(Replace(compilation, ModelSources.OneHeadDim.Replace("[40]", "[48]", StringComparison.Ordinal)));

        AssertReasons(second, StepNames.Discover, IncrementalStepRunReason.Modified);
        AssertReasons(second, StepNames.Render, IncrementalStepRunReason.Modified);
    }

    [TestMethod]
    public void Models_HoldNoSymbolsAndNoSyntax()
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(ModelSources.OneHeadDim));
        HashSet<object> visited = new(ReferenceEqualityComparer.Instance);
        foreach (string step in _steps)
        {
            foreach ((object value, _) in run.Result.TrackedSteps[step].SelectMany(tracked => tracked.Outputs))
            {
                AssertPlainData(value, step, visited);
            }
        }
    }

    [TestMethod]
    public void OldCompilations_CanBeCollected()
    {
        (GeneratorRun run, WeakReference old) = RunTwice();

        for (int i = 0; i < 10 && old.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.IsFalse(old.IsAlive, "The generator's state keeps a compilation of an earlier run alive.");
        GC.KeepAlive(run);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (GeneratorRun Run, WeakReference Old) RunTwice()
    {
        Compilation compilation = TestCompilation.Create(ModelSources.Nested);
        GeneratorRun first = GeneratorRun.Of(compilation);
        GeneratorRun second = first.Again(Replace(compilation, ModelSources.Nested + "\n// A comment."));
        return (second, new(compilation));
    }

    private static Compilation Replace(Compilation compilation, string source) =>
        compilation.ReplaceSyntaxTree(compilation.SyntaxTrees.First(), CSharpSyntaxTree.ParseText(source, TestCompilation.ParseOptions));

    private static void AssertReasons(GeneratorRun run, string step, params IncrementalStepRunReason[] allowed)
    {
        foreach ((_, IncrementalStepRunReason reason) in run.Result.TrackedSteps[step].SelectMany(tracked => tracked.Outputs))
        {
            Assert.Contains(reason, allowed, $"{step} ran with reason {reason}.");
        }
    }

    private static void AssertPlainData(object? value, string path, HashSet<object> visited)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !visited.Add(value))
        {
            return;
        }

        Assert.IsFalse(value is ISymbol or SyntaxNode or SyntaxTree or Location or Compilation, $"{path} holds a {value.GetType()}.");
        if (value is IEnumerable items)
        {
            foreach (object? item in items)
            {
                AssertPlainData(item, path + "[]", visited);
            }

            return;
        }

        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            AssertPlainData(field.GetValue(value), $"{path}.{field.Name}", visited);
        }
    }
}
