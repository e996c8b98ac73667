using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;
using KernelGen.RuntimeHost.Tests.Tuning;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>What is done when an application is published: a folder with exactly its kernels.</summary>
[TestClass]
public sealed class PublishedKernelsTests
{
    private readonly StringWriter _output = new();

    public TestContext TestContext { get; set; } = null!;

    private string Folder => Path.Combine(TestContext.TestTempDirectory!, "kernels");

    [TestMethod]
    public void KernelsAreCompiledOnce_AndAgainWhenTheyChange()
    {
        KernelVariant one = Named("one", "1"), changed = Named("one", "changed"), two = Named("two", "2 KERNELGEN_GENERAL_MASKS");
        LoggingCompiler first = Publish([one, two]);
        Assert.HasCount(6, first.Compiled);
        Assert.Contains("6 kernels for 8.6, 8.9: 6 compiled, 0 as they were", _output.ToString());

        Assert.IsEmpty(Publish([one, two]).Compiled);
        Assert.AreSequenceEqual(new[] { "one sm_86", "one sm_89" }, Names(Publish([changed, two])));
        Assert.Contains("6 kernels for 8.6, 8.9: 2 compiled, 4 as they were", _output.ToString());

        File.WriteAllBytes(Path.Combine(Folder, "sm_86", "entry_two.cubin"), [1, 2, 3]);
        Assert.AreSequenceEqual(new[] { "two sm_86" }, Names(Publish([changed, two])));
    }

    [TestMethod]
    public void WhatTheApplicationDoesNotHaveAnyMore_IsRemoved_AndNothingElse()
    {
        Publish([Named("one", "1"), Named("two", "2")]);
        File.WriteAllText(Path.Combine(Folder, "sm_86", "notes.txt"), "");
        Directory.CreateDirectory(Path.Combine(Folder, "other"));
        Publish([Named("two", "2")], architectures: "8.6");

        string[] files =
            [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path))];
        string[] expected = ["entry_two.cubin", "index.json", "notes.txt"];
        CollectionAssert.AreEquivalent(Array.ConvertAll(expected, name => Path.Combine("sm_86", name)), files);
        Assert.IsTrue(Directory.Exists(Path.Combine(Folder, "other")));
        Assert.IsNotNull(new KernelsFolder(Folder, new ListLogger()).TryRead(new(Named("two", "2")), "sm_86"));
    }

    [TestMethod]
    public void ExperimentalKernels_AreLeftOut_UnlessTheyAreNamed()
    {
        KernelVariant usual = Named("usual", "1"), experimental = Named("new", "2", ExperimentalKernels.Hopper);
        Assert.AreSequenceEqual(new[] { "usual sm_86" }, Names(Publish([usual, experimental], "8.6")));
        Assert.AreSequenceEqual(new[] { "new sm_86" }, Names(Publish([usual, experimental], "8.6", experimental: "hopper")));
    }

    [TestMethod]
    public void RefusedKernel_IsAnErrorOfTheBuild_AndTheOthersAreThere()
    {
        LoggingCompiler compiler = new() { Refuses = kernel => kernel.Variant.Id == "bad" };
        Assert.AreEqual(1, Publish(compiler, [Named("bad", "1"), Named("good", "2")], "8.6", "none", "none"));

        Assert.Contains(
            "KernelGen : error KernelGenPrecompile: sm_86: bad could not be compiled: it is refused. error: no\n", _output.ToString());
        Assert.IsTrue(File.Exists(Path.Combine(Folder, "sm_86", "entry_good.cubin")));
    }

    [TestMethod]
    [DataRow("7.0", "both", "none", "with '7.0' in it")]
    [DataRow("8.6;sm_90", "both", "none", "with 'sm_90' in it")]
    [DataRow(";", "both", "none", "KernelGenPrecompile is ';'")]
    [DataRow("8.6", "causal", "none", "KernelGenPrecompileMasks is 'causal'")]
    [DataRow("8.6", "both", "blackwell", "it must be None or Hopper or HopperMulticast")]
    [DataRow("8.6", "both", "1", "it must be None or Hopper or HopperMulticast")]
    public void FaultyProperty_IsAnErrorOfTheBuild(string architectures, string masks, string experimental, string part)
    {
        Assert.AreEqual(2, Publish(new(), [Named("one", "1")], architectures, masks, experimental));
        Assert.StartsWith("KernelGen : error KernelGenPrecompile: ", _output.ToString());
        Assert.Contains(part, _output.ToString());
        Assert.IsFalse(Directory.Exists(Folder));
    }

    private static KernelVariant Named(string id, string text, ExperimentalKernels experimental = ExperimentalKernels.None) =>
        TestVariants.OfTextAlone(id, text, entryPoint: "entry_" + id, experimental: experimental);

    private static IEnumerable<string> Names(LoggingCompiler compiler) =>
        compiler.Compiled.Select(kernel => $"{kernel.Kernel} {kernel.Architecture}").Order(StringComparer.Ordinal);

    private LoggingCompiler Publish(KernelVariant[] variants, string architectures = "8.6;8.9", string experimental = "none")
    {
        LoggingCompiler compiler = new();
        Assert.AreEqual(0, Publish(compiler, variants, architectures, "both", experimental), _output.ToString());
        return compiler;
    }

    private int Publish(LoggingCompiler compiler, KernelVariant[] variants, string architectures, string masks, string experimental) =>
        PublishedKernels.Compile([new("Application", variants)], architectures, masks, experimental, Folder, _output, () => new(compiler));
}
