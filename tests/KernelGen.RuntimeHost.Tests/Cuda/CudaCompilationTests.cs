using System.Globalization;
using KernelGen.Cuda;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;
using Microsoft.Extensions.Logging.Abstractions;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasDevice), IgnoreMessage = CudaTest.NoDevice)]
public sealed class CudaCompilationTests
{
    private static readonly AttentionCall _call = AttentionCall.Random(new(1, 1, 20, 30, 40), ElementType.Float32);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("7.5", "sm_75")]
    [DataRow("8.6", "sm_86")]
    [DataRow("9.0", "sm_90")]
    [DataRow("12.9", "compute_121", DisplayName = "newer than NVRTC")]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void Kernels_AreForTheExactGpu_OrPtxForANewerOne(string capability, string architecture)
    {
        using CudaDevice device = CudaTest.Open(capability);
        float[] actual = _call.Run(CudaTest.Host(device), CudaTestAttention.Catalogue, ElementType.Float32, out _);

        Assert.AreEqual(architecture, device.Architecture);
        Assert.Contains(architecture, device.Name);
        Assert.IsLessThan(2e-6, RelativeError.Of(_call.Reference().Output, actual));
    }

    [TestMethod]
    public void FaultySource_IsToldWithTheLineOfTheSource()
    {
        KernelVariant variant = TestVariants.OfText("faulty-simt", """
            #include "kernelgen_primitives.cuh"
            extern "C" __global__ void entry()
            {
                not_declared = 1;
            }
            """);
        using CudaDevice device = CudaTest.Open();
        KernelCompilationException exception = Assert.ThrowsExactly<KernelCompilationException>(() => device.Inspect(variant));

        Assert.AreEqual("faulty-simt", exception.Kernel);
        Assert.StartsWith($"faulty-simt could not be compiled: nvrtcCompileProgram for {device.Architecture} failed with "
            + "NVRTC_ERROR_COMPILATION (6).\n", exception.Message);
        Assert.Contains("not_declared", exception.Log);
        Assert.EndsWith("\nfaulty-simt.cu, line 4: not_declared = 1;", exception.Message);
    }

    [TestMethod]
    public void Failure_IsNotKept()
    {
        KernelVariant variant = TestVariants.Real();
        FailingOnce compiler = new(Nvrtc());
        using CudaDevice device = CudaTest.Open(options: new() { Compiler = compiler, Cache = new(null, 0) });

        Assert.ThrowsExactly<KernelCompilationException>(() => device.Inspect(variant));
        CudaKernelInfo info = device.Inspect(variant);
        Assert.AreEqual(variant.Id, info.Variant);
        Assert.AreEqual(variant.Cuda!.Stages[0].SharedBytes, info.Stages[0].SharedBytes);
    }

    [TestMethod]
    public void Warmup_CompilesEachKernelOnce_AndTellsHowFar()
    {
        CountingCompiler compiler = new(Nvrtc());
        using CudaDevice device = CudaTest.Open(options: new() { Compiler = compiler, Cache = new(null, 0) });
        KernelVariant[] variants =
        [
            .. CudaTestAttention.Catalogue.Variants.ToArray()
                .Where(variant => variant.HeadDim == 40 && variant.ElementType == ElementType.Float32
                    && device.Targets.Contains(variant.Target)),
        ];
        int most = 0;
        device.Warmup([.. variants, Cpu.CpuTestAttention.Catalogue.Variants[0]], new Synchronous(ready => most = Math.Max(most, ready)));
        device.Warmup(variants);
        _call.Run(CudaTest.Host(device), CudaTestAttention.Catalogue, ElementType.Float32, out _);

        Assert.AreEqual(variants.Length, compiler.Compilations);
        Assert.AreEqual(variants.Length, most);
    }

    [TestMethod]
    public void Warmup_IsCancelledBetweenKernels_AndThrowsWhatFailed()
    {
        using CudaDevice device = CudaTest.Open();
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => device.Warmup([TestVariants.Real()], null, cancellation.Token));
        Assert.ThrowsExactly<KernelCompilationException>(() => device.Warmup([TestVariants.OfText("faulty", "?"), TestVariants.Real()]));
    }

    [TestMethod]
    public void SecondDevice_FindsKernelsInTheCache()
    {
        CubinCacheOptions cache = new(TestContext.TestTempDirectory, 1 << 30);
        foreach (bool expected in new[] { false, true })
        {
            CountingCompiler compiler = new(Nvrtc());
            using CudaDevice device = CudaTest.Open(options: new() { Compiler = compiler, Cache = cache });
            CudaKernelInfo info = device.Inspect(TestVariants.Real());

            Assert.AreEqual(expected, info.FromCache);
            Assert.AreEqual(expected ? 0 : 1, compiler.Compilations);
        }
    }

    [TestMethod]
    [DataRow(false, DisplayName = "no image at all")]
    [DataRow(true, DisplayName = "the image of another kernel, without its entry points")]
    public void CachedImageThatCannotBeLoaded_IsCompiledAgain(bool ofAnotherKernel)
    {
        CubinCacheOptions options = new(TestContext.TestTempDirectory, 1 << 30);
        CountingCompiler compiler = new(Nvrtc());
        KernelVariant variant = TestVariants.Real();
        using CudaDevice device = CudaTest.Open(options: new() { Compiler = compiler, Cache = options });
        KernelImage wrong = ofAnotherKernel
            ? Nvrtc().Compile(new(TestVariants.Real(KernelFamily.Materialized)), device.Architecture)
            : new(KernelImageKind.Cubin, new byte[1000]);
        string key = CubinCache.Key(new(variant), compiler.Identity, device.Architecture);
        CubinCache cache = new(options, NullLogger.Instance);
        cache.TryWrite(key, wrong);
        CudaKernelInfo info = device.Inspect(variant);

        Assert.IsFalse(info.FromCache);
        Assert.AreEqual(1, compiler.Compilations);
        Assert.IsFalse(cache.TryRead(key)!.Bytes.Span.SequenceEqual(wrong.Bytes.Span));
    }

    [TestMethod]
    public void TooMuchSharedMemory_IsNotOffered_AndTheReasonIsTold()
    {
        KernelVariant large = TestVariants.With("streaming-simt-large", stage => stage with { SharedBytes = 300 * 1024 });
        KernelCatalogue both = new("Both", large, TestVariants.Real());
        using AttentionHost host = CudaTest.Host(CudaTest.Open());

        Assert.AreEqual(TestVariants.Real(), host.VariantsFor(both, ElementType.Float32, 40).Span[0]);
        Assert.AreEqual(1, host.VariantsFor(both, ElementType.Float32, 40).Length);
        DeviceNotUsableException exception = Assert.ThrowsExactly<DeviceNotUsableException>(
            () => host.Plan<float>(new KernelCatalogue("Large", large), new(1, 1, 4, 4, 40)));
        Assert.Contains("can run none of the f32 kernels of Large with head dim 40. streaming-simt-large: a block of", exception.Message);
        Assert.Contains("has 128 threads and 307200 bytes of shared memory", exception.Message);
    }

    [TestMethod]
    public void MoreThreadsThanItWasCompiledFor_AreRefusedBeforeAnyLaunch()
    {
        KernelVariant wide = TestVariants.With("streaming-simt-wide", stage => stage with { Threads = 1024 });
        using CudaDevice device = CudaTest.Open();
        DeviceNotUsableException exception = Assert.ThrowsExactly<DeviceNotUsableException>(() => device.Inspect(wide));

        Assert.Contains("needs 1024", exception.Message);
    }

    [TestMethod]
    public void CatalogueWithoutCudaKernels_SaysWhatToAdd()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open());
        DeviceNotUsableException exception =
            Assert.ThrowsExactly<DeviceNotUsableException>(() => host.Plan<float>(Cpu.CpuTestAttention.Catalogue, new(1, 1, 4, 4, 40)));

        Assert.Contains("Add its target to [SliceAttention(Targets = ...)]", exception.Message);
    }

    internal static IKernelCompiler Nvrtc()
    {
        Assert.IsTrue(CudaTest.Libraries.TryGetNvrtc(out Nvrtc? nvrtc, out string fault), fault);
        return new NvrtcKernelCompiler(nvrtc);
    }

    private sealed class FailingOnce(IKernelCompiler inner) : IKernelCompiler
    {
        private bool _failed;

        public string Identity => inner.Identity;

        public string ArchitectureFor(int computeCapability) => inner.ArchitectureFor(computeCapability);

        public KernelImage Compile(SpecializedKernel kernel, string architecture)
        {
            if (_failed)
                return inner.Compile(kernel, architecture);
            _failed = true;
            throw new KernelCompilationException(kernel.Name, string.Create(CultureInfo.InvariantCulture, $"once for {architecture}"), "");
        }
    }

    private sealed class Synchronous(Action<int> report) : IProgress<int>
    {
        private readonly Lock _lock = new();

        public void Report(int value)
        {
            lock (_lock)
                report(value);
        }
    }
}
