using System.Diagnostics;
using System.Text;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;
using KernelGen.RuntimeHost.Tests.Tuning;
using Microsoft.Extensions.Logging;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Folders of kernels compiled in advance: what is written, and what of a folder that anybody may have changed is read.</summary>
[TestClass]
public sealed class KernelsFolderTests
{
    private static readonly KernelVariant _one = Named("one", "first text"), _two = Named("two", "KERNELGEN_GENERAL_MASKS");

    private readonly ListLogger _logger = new();

    public TestContext TestContext { get; set; } = null!;

    public static bool HasLinks => !OperatingSystem.IsWindows();

    private string Folder => Path.Combine(TestContext.TestTempDirectory!, "kernels");

    private string Architecture => Path.Combine(Folder, "sm_86");

    private string ImageOfOne => Path.Combine(Architecture, "entry_one.cubin");

    private string Index => Path.Combine(Architecture, "index.json");

    private string[] Warnings => [.. _logger.Entries.Where(entry => entry.Level == LogLevel.Warning).Select(entry => entry.Text)];

    [TestMethod]
    public void Written_IsRead()
    {
        Write(_one, _two);
        KernelsFolder folder = new(Folder, _logger);
        SpecializedKernel masked = _two.Specialize(KernelSpecialization.Masked);

        foreach (SpecializedKernel kernel in new SpecializedKernel[] { new(_one), new(_two), masked })
        {
            Assert.AreEqual($"{kernel.Name} sm_86", Encoding.UTF8.GetString(folder.TryRead(kernel, "sm_86")!.Bytes.Span));
            Assert.AreEqual(64, folder.HashOf(kernel, "sm_86")!.Length);
        }

        Assert.IsTrue(folder.Knows("sm_86"));
        Assert.AreSequenceEqual(
            new[] { "entry_one.cubin", "entry_two+masks.cubin", "entry_two.cubin", "index.json" },
            Directory.GetFiles(Architecture).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.AreEqual($"{Folder}: 3 for sm_86", KernelsFolder.Describe(Folder));
        Assert.IsEmpty(Warnings);
    }

    [TestMethod]
    public void LaterKernels_AreAdded_AndTakeThePlaceOfTheirLike()
    {
        Write(_one);
        Write(_two);
        KernelVariant changed = Named("one", "second text");
        Write(changed);
        KernelsFolder folder = new(Folder, _logger);

        Assert.IsNotNull(folder.TryRead(new(changed), "sm_86"));
        Assert.IsNotNull(folder.TryRead(new(_two), "sm_86"));
        Assert.IsNull(folder.TryRead(new(_one), "sm_86"));
        Assert.AreEqual($"{Folder}: 3 for sm_86", KernelsFolder.Describe(Folder));
    }

    [TestMethod]
    public void TwoKernelsOfOneName_LieBesideEachOther()
    {
        KernelVariant other = Named("one", "text of another class");
        Write(_one, other);
        KernelsFolder folder = new(Folder, _logger);

        Assert.IsNotNull(folder.TryRead(new(_one), "sm_86"));
        Assert.IsNotNull(folder.TryRead(new(other), "sm_86"));
    }

    [TestMethod]
    public void OtherTextOptionsOrArchitecture_AreAMiss_WithOneWarning()
    {
        Write(_one, _two);
        KernelsFolder folder = new(Folder, _logger);
        KernelVariant stale = Named("one", "a newer text"), foreign = Named("three", "third text");

        Assert.IsNull(folder.TryRead(new(stale), "sm_86"));
        Assert.IsNull(folder.TryRead(new(foreign), "sm_86"));
        Assert.IsNull(folder.TryRead(new(_one, KernelSpecialization.Masked), "sm_86"));
        Assert.AreEqual(
            $"Passed over one for sm_86 in {Folder}: it was compiled from another text or with other options", Warnings.Single());
        Assert.IsNull(folder.TryRead(new(_one), "sm_90"));
        Assert.AreEqual($"Passed over one for sm_90 in {Folder}: index.json: it is not there", Warnings[^1]);
        Assert.IsNull(folder.HashOf(new(stale), "sm_86"));
        Assert.IsFalse(folder.Knows("sm_90"));
    }

    [TestMethod]
    [DataRow("truncated")]
    [DataRow("longer")]
    [DataRow("changed")]
    [DataRow("empty")]
    [DataRow("gone")]
    public void DamagedImage_IsAMiss_WithOneWarning(string damage)
    {
        Write(_one, _two);
        byte[] sound = File.ReadAllBytes(ImageOfOne);
        byte[] damaged = damage switch
        {
            "truncated" => sound[..^1],
            "longer" => [.. sound, 0],
            "changed" => [.. sound[..^1], (byte)(sound[^1] ^ 1)],
            _ => [],
        };
        File.WriteAllBytes(ImageOfOne, damaged);
        if (damage == "gone")
            File.Delete(ImageOfOne);

        AssertOneIsPassedOver();
        Assert.IsNotNull(new KernelsFolder(Folder, _logger).TryRead(new(_two), "sm_86"));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("{")]
    [DataRow("[]")]
    [DataRow("null")]
    [DataRow("{\"format\":1}")]
    [DataRow("{\"format\":1,\"kernels\":null}")]
    [DataRow("{\"format\":1,\"kernels\":[null]}")]
    [DataRow("{\"format\":1,\"kernels\":[{}]}")]
    [DataRow("{\"format\":2,\"kernels\":[]}")]
    [DataRow("{\"format\":1,\"kernels\":[{\"kernel\":1,\"file\":{},\"key\":[],\"bytes\":\"x\",\"sha256\":0,\"compiler\":0}]}")]
    public void IndexThatIsNone_IsAMiss_WithOneWarning(string text)
    {
        Write(_one);
        File.WriteAllText(Index, text);
        AssertOneIsPassedOver();
    }

    [TestMethod]
    public void DeepOrHugeIndex_IsAMiss()
    {
        Write(_one);
        File.WriteAllText(Index, new string('[', 100_000));
        AssertOneIsPassedOver();

        using (FileStream stream = new(Index, FileMode.Create))
            stream.SetLength(1L << 33);
        AssertOneIsPassedOver();
    }

    [TestMethod]
    [DataRow("../secret.cubin")]
    [DataRow("..")]
    [DataRow(".cubin")]
    [DataRow("")]
    [DataRow("sub/entry_one.cubin")]
    [DataRow("C:\\\\kernels\\\\entry_one.cubin")]
    [DataRow("entry_one.cubin\\u0000")]
    public void IndexThatLeadsOutOfItsFolder_IsNotFollowed(string file)
    {
        Write(_one);
        File.Copy(ImageOfOne, Path.Combine(Folder, "secret.cubin"));
        Directory.CreateDirectory(Path.Combine(Architecture, "sub"));
        File.Copy(ImageOfOne, Path.Combine(Architecture, "sub", "entry_one.cubin"));
        File.WriteAllText(Index, File.ReadAllText(Index).Replace("entry_one.cubin", file, StringComparison.Ordinal));
        AssertOneIsPassedOver();
    }

    [TestMethod]
    [MemberCondition(typeof(KernelsFolderTests), nameof(HasLinks), IgnoreMessage = "Links need a privilege on Windows.")]
    public void LinksAndPipes_AreNotFollowed()
    {
        Write(_one);
        string elsewhere = Path.Combine(TestContext.TestTempDirectory!, "elsewhere");
        foreach (string path in new[] { ImageOfOne, Index })
        {
            File.Move(path, elsewhere);
            File.CreateSymbolicLink(path, elsewhere);
            AssertOneIsPassedOver();
            File.Delete(path);

            using (Process mkfifo = Process.Start("mkfifo", [path]))
                mkfifo.WaitForExit();
            AssertOneIsPassedOver();
            File.Delete(path);
            File.Move(elsewhere, path);
        }

        Assert.IsNotNull(new KernelsFolder(Folder, _logger).TryRead(new(_one), "sm_86"));
    }

    [TestMethod]
    public void KernelThatTheDriverRefused_IsForgotten()
    {
        Write(_one);
        KernelsFolder folder = new(Folder, _logger);
        folder.Forget(new(_one), "sm_86", "no");

        Assert.IsNull(folder.TryRead(new(_one), "sm_86"));
        Assert.AreEqual($"Passed over one for sm_86 in {Folder}: the driver refused it: no", Warnings.Single());
    }

    [TestMethod]
    public void Folder_IsWhatOptionsSay()
    {
        Assert.IsNull(KernelsFolder.Locate(""));
        Assert.IsNull(KernelsFolder.Locate("OFF"));
        Assert.AreEqual(Path.GetFullPath("somewhere"), KernelsFolder.Locate("somewhere"));
        StringAssert.StartsWith(KernelsFolder.Describe(Path.Combine(Folder, "missing")), Path.Combine(Folder, "missing") + ": ");
    }

    [TestMethod]
    public void PtxAndRefusedKernels_AreNotKept()
    {
        KernelsFolderWriter writer = new(Folder, "compiler");
        CompilationRequest request = new(new(_one), new(86));
        Assert.ThrowsExactly<ArgumentException>(() => writer.Add(new(request, null, [], default, null)));
        Assert.ThrowsExactly<ArgumentException>(() => writer.Add(new(request, new(KernelImageKind.Ptx, new byte[1]), [], default, null)));
    }

    private static KernelVariant Named(string id, string text) => TestVariants.OfTextAlone(id, text, entryPoint: "entry_" + id);

    private void AssertOneIsPassedOver()
    {
        _logger.Entries.Clear();
        KernelsFolder folder = new(Folder, _logger);
        Assert.IsNull(folder.TryRead(new(_one), "sm_86"));
        Assert.IsNull(folder.TryRead(new(_one), "sm_86"));
        StringAssert.StartsWith(Warnings.Single(), $"Passed over one for sm_86 in {Folder}: ");
    }

    private void Write(params KernelVariant[] variants)
    {
        AdvanceCompiler compiler = new(new LoggingCompiler());
        KernelsFolderWriter writer = new(Folder, compiler.Identity);
        foreach (KernelCompilation compilation in compiler.Compile(
            AdvanceCompiler.Requests(variants, [new(86)], [KernelSpecialization.None, KernelSpecialization.Masked])))
        {
            writer.Add(compilation);
        }

        writer.Commit();
    }
}
