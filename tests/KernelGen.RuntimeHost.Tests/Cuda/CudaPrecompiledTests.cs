using KernelGen.Cuda;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.RuntimeHost.Tests.Tuning;
using KernelGen.Tensors;
using KernelGen.Tuning;
using Microsoft.Extensions.Logging;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>A device with kernels that were compiled in advance, with and without an NVRTC.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed class CudaPrecompiledTests
{
    private static readonly AttentionShape _shape = new(1, 1, 20, 30, 40);
    private static readonly AttentionCall _call = AttentionCall.Random(_shape, ElementType.Float32);
    private static readonly KernelVariant _variant = TestVariants.AskingForMasks();
    private static readonly KernelCatalogue _catalogue = new("Asking", _variant);

    private readonly ListLogger _logger = new();

    public TestContext TestContext { get; set; } = null!;

    private static CudaLibraries WithoutNvrtc { get; } = new(Emulator.Path, "/nowhere/libnvrtc.so");

    private string Folder => Path.Combine(TestContext.TestTempDirectory!, "kernels");

    private string[] Warnings => [.. _logger.Entries.Where(entry => entry.Level == LogLevel.Warning).Select(entry => entry.Text)];

    private CudaDeviceOptions Options => new() { PrecompiledKernels = Folder, Cache = new(null, 0), Logger = _logger };

    [TestMethod]
    public void WithoutNvrtc_KernelsOfTheFolderRun()
    {
        Compile([_variant], KernelSpecialization.None, KernelSpecialization.Masked);
        using CudaDevice device = Open(Options, WithoutNvrtc);
        using AttentionHost host = CudaTest.Host(device);
        AttentionMask mask = AttentionMask.Boolean(Enumerable.Repeat(true, 30).ToArray(), 1, 1, 1, 30);
        AttentionCall masked = _call with { Options = _call.Options with { Mask = mask } };

        foreach (AttentionCall call in new[] { _call, masked })
        {
            float[] output = call.Run(host, _catalogue, ElementType.Float32, out _);
            Assert.IsLessThan(2e-6, RelativeError.Of(call.Reference().Output, output));
        }

        Assert.AreEqual(KernelOrigin.Folder, device.Inspect(_variant).Origin);
        Assert.AreEqual(KernelOrigin.Folder, device.OriginOf(new(_variant, KernelSpecialization.Masked)));
        Assert.AreEqual("sm_80", device.Architecture);
        string[] log = [.. _logger.Entries.Select(entry => entry.Text)];
        Assert.Contains($"Read {_variant.Id}+masks for sm_80 from {Folder}, compiled in advance", log);
        Assert.IsEmpty(Warnings);
    }

    [TestMethod]
    public void WithoutNvrtc_WhatIsNotInTheFolder_IsNotOffered_AndSaysSo()
    {
        Compile([_variant], KernelSpecialization.None);
        using CudaDevice device = Open(Options, WithoutNvrtc);
        using AttentionHost host = CudaTest.Host(device);
        KernelVariant other = TestVariants.Real();

        Assert.AreEqual(_variant, host.VariantsFor(new("Both", other, _variant), ElementType.Float32, 40).ToArray().Single());
        Assert.AreEqual($"{other.Id} is not in {Folder} for sm_80, and there is no NVRTC to compile it.", device.ReasonAgainst(other));
        Assert.IsNull(device.OriginOf(new(other)));

        // The folder has the kernel for calls without a mask only.
        DeviceNotUsableException fault =
            Assert.ThrowsExactly<DeviceNotUsableException>(() => device.Inspect(_variant, KernelSpecialization.Masked));
        Assert.StartsWith($"{_variant.Id}+masks for sm_80 is not in {Folder} and has to be compiled. No NVRTC", fault.Message);
    }

    [TestMethod]
    public void WithoutNvrtc_AFolderForOtherGpus_IsAsGoodAsNone()
    {
        Compile([_variant], KernelSpecialization.None);
        DeviceNotUsableException fault = Assert.ThrowsExactly<DeviceNotUsableException>(() => Open(Options, WithoutNvrtc, "8.6"));
        Assert.StartsWith("No NVRTC, the run-time compiler of CUDA, can be used.", fault.Message);
        Assert.StartsWith("CPU (", AttentionHost.CreateDefault(new() { Cuda = Options }, WithoutNvrtc).Device.Name);
    }

    [TestMethod]
    public void NothingIsCompiled_AndTheCompilerIsNotEvenAsked_WhileTheFolderHasTheKernels()
    {
        Compile([_variant], KernelSpecialization.None);
        using CudaDevice device = Open(Options with { Compiler = new ForbiddenCompiler() }, Emulator.Libraries);
        _call.Run(CudaTest.Host(device), _catalogue, ElementType.Float32, out _);

        Assert.AreEqual(KernelOrigin.Folder, device.Inspect(_variant).Origin);
    }

    [TestMethod]
    public void KernelsThatAreNotInTheFolder_ComeFromTheCompiler_AndThenFromTheCache()
    {
        Compile([_variant], KernelSpecialization.None);
        CudaDeviceOptions options = Options with { Cache = new(TestContext.TestTempDirectory, 1 << 30) };
        foreach (KernelOrigin expected in new[] { KernelOrigin.Compiler, KernelOrigin.Cache })
        {
            using CudaDevice device = Open(options, Emulator.Libraries);
            Assert.AreEqual(expected, device.OriginOf(new(TestVariants.Real())));
            Assert.AreEqual(expected, device.Inspect(TestVariants.Real()).Origin);
            Assert.AreEqual(expected == KernelOrigin.Cache, device.Inspect(TestVariants.Real()).FromCache);
            Assert.AreEqual(KernelOrigin.Folder, device.Inspect(_variant).Origin);
        }
    }

    [TestMethod]
    public void ImageThatTheDriverRefuses_IsPassedOver_WithOneWarning()
    {
        // Its hash is right: it is machine code of something that the driver does not know.
        KernelsFolderWriter writer = new(Folder, "another");
        writer.Add(new(new(new(_variant), new(80)), new(KernelImageKind.Cubin, new byte[1000]), [], default, null));
        writer.Commit();
        using CudaDevice device = Open(Options, Emulator.Libraries);

        Assert.AreEqual(KernelOrigin.Compiler, device.Inspect(_variant).Origin);
        Assert.StartsWith($"Passed over {_variant.Id} for sm_80 in {Folder}: the driver refused it: cuModuleLoadData", Warnings.Single());
        Assert.AreEqual(KernelOrigin.Compiler, device.Inspect(_variant).Origin);
        Assert.HasCount(1, Warnings);
    }

    [TestMethod]
    public void Measurements_AreOfTheMachineCodeThatRuns()
    {
        Compile([_variant], KernelSpecialization.None);
        using CudaDevice device = Open(Options, WithoutNvrtc);
        ITunableDevice tunable = device;

        Assert.StartsWith("cubin ", tunable.CodeIdentity(_variant));
        Assert.AreEqual("", tunable.CodeIdentity(TestVariants.Real()));
    }

    private static CudaDevice Open(CudaDeviceOptions options, CudaLibraries libraries, string capability = "8.0")
    {
        // Sets up the emulator.
        CudaTest.Open(capability).Dispose();
        return CudaDevice.Create(options, libraries);
    }

    private void Compile(KernelVariant[] variants, params KernelSpecialization[] specializations)
    {
        AdvanceCompiler compiler = AdvanceCompiler.Create(new CudaLibraries("/nowhere/libcuda.so", Emulator.Path));
        KernelsFolderWriter writer = new(Folder, compiler.Identity);
        foreach (KernelCompilation compilation in compiler.Compile(AdvanceCompiler.Requests(variants, [new(80)], specializations)))
            writer.Add(compilation);
        writer.Commit();
    }

    private sealed class ForbiddenCompiler : IKernelCompiler
    {
        public string Identity => throw new AssertFailedException("The compiler was asked for its identity.");

        public string ArchitectureFor(int computeCapability) =>
            throw new AssertFailedException("The compiler was asked for an architecture.");

        public KernelImage Compile(SpecializedKernel kernel, string architecture) =>
            throw new AssertFailedException("The compiler was asked to compile.");
    }
}
