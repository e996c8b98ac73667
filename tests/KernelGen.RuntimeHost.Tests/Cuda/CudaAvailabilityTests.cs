using System.Runtime.InteropServices;
using KernelGen.Cuda;
using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
[ResourceLock(CudaTest.Resource)]
public sealed class CudaAvailabilityTests
{
    private const string Nowhere = "/nowhere/libcuda.so.1";

    [TestMethod]
    public void NoDriver_SaysWhatWasTriedAndWhatToInstall()
    {
        CudaLibraries none = new(Nowhere, Nowhere);
        AssertNotUsable(
            none, "No CUDA driver can be used.\nInstall the NVIDIA driver", CudaLibraries.DriverVariable, $"Tried:\n  {Nowhere}: ");
        CudaReport report = CudaReport.Create(none);

        Assert.IsNull(report.Driver);
        Assert.IsNull(report.Compiler);
        Assert.IsEmpty(report.Devices);
        Assert.HasCount(2, report.Faults);
        Assert.Contains("pip wheel nvidia-cuda-nvrtc", report.Faults[1]);
    }

    [TestMethod]
    public void NoDriver_DefaultHostTakesTheCpuAndSaysWhy()
    {
        using AttentionHost host = AttentionHost.CreateDefault(new() { Threads = 1 }, new(Nowhere, Nowhere));

        Assert.StartsWith("CPU (", host.Device.Name);
        Assert.EndsWith(": no CUDA driver can be used.", host.DeviceChoice);
    }

    [TestMethod]
    public void SomeOtherLibraryAsDriver_SaysWhatItLacks()
    {
        string other = typeof(object).Assembly.Location;
        other = Directory.GetFiles(Path.GetDirectoryName(other)!, OperatingSystem.IsWindows()
            ? "System.IO.Compression.Native.dll"
            : "libSystem.Native.so").Single();
        AssertNotUsable(new(other, Nowhere), $"{other}: it is too old or something else: it has no cuGetErrorName.");
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void DriverThatFindsNoGpu_SaysSo()
    {
        CudaTest.Open().Dispose();
        Emulator.Set("FAIL", "cuInit:1:100");
        AssertNotUsable(
            new(Emulator.Path, Emulator.Path), "cuInit failed with CUDA_ERROR_NO_DEVICE (100): no CUDA-capable device is detected.");
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void OldDriver_SaysWhichIsNeeded()
    {
        CudaTest.Open().Dispose();
        Emulator.Set("DRIVER_VERSION", "11080");
        AssertNotUsable(new(Emulator.Path, Emulator.Path), "the driver is for CUDA 11.8; CUDA 12.0 or newer is needed.");
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void CompilerNewerThanTheDriver_SaysSo()
    {
        CudaTest.Open().Dispose();
        Emulator.Set("DRIVER_VERSION", "12040");
        AssertNotUsable(
            new(Emulator.Path, Emulator.Path),
            "No NVRTC",
            "it is NVRTC 13.99, and the driver only loads code for CUDA 12.4: install a newer driver or an older NVRTC.");
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void NoCompiler_SaysWhatWasTriedAndWhatToInstall()
    {
        CudaTest.Open().Dispose();
        CudaLibraries libraries = new(Emulator.Path, Nowhere);
        AssertNotUsable(libraries, "No NVRTC, the run-time compiler of CUDA", "pip wheel nvidia-cuda-nvrtc", CudaLibraries.NvrtcVariable,
            $"Tried:\n  {Nowhere}: ");
        CudaReport report = CudaReport.Create(libraries);

        Assert.IsNotNull(report.Driver);
        Assert.HasCount(1, report.Devices);
        Assert.HasCount(1, report.Faults);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void OldGpu_SaysWhichIsNeeded()
    {
        CudaTest.Open().Dispose();
        Emulator.Set("COMPUTE_CAPABILITY", "7.0");
        AssertNotUsable(Emulator.Libraries, "has compute capability 7.0; kernels need 7.5 (Turing) or newer. Use the CPU.");
        CudaReport report = CudaReport.Create(Emulator.Libraries);

        Assert.Contains("too old for kernels", report.Devices.Single());
        Assert.HasCount(1, report.Faults);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void OrdinalThatThereIsNot_SaysHowManyThereAre()
    {
        DeviceNotUsableException exception =
            Assert.ThrowsExactly<DeviceNotUsableException>(() => CudaTest.Open(options: new() { Ordinal = 3 }));
        Assert.Contains("GPU 3 was asked for; the driver sees 1", exception.Message);
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void UsableGpu_IsTakenByDefault_AndReported()
    {
        CudaTest.Open().Dispose();
        using AttentionHost host = AttentionHost.CreateDefault(new(), Emulator.Libraries);
        CudaReport report = CudaReport.Create(Emulator.Libraries);

        Assert.Contains("a usable GPU comes before the CPU", host.DeviceChoice);
        Assert.IsEmpty(report.Faults);
        Assert.Contains("for CUDA 13.0", report.Driver!);
        Assert.Contains("compute capability 8.0 (runs simt", report.Devices.Single());
    }

    [TestMethod]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void GpuThatFails_LeavesTheDefaultHostToTheCpu()
    {
        CudaTest.Open().Dispose();
        Emulator.Set("FAIL", "cuDevicePrimaryCtxRetain:1");
        using AttentionHost host = AttentionHost.CreateDefault(new() { Threads = 1 }, Emulator.Libraries);

        Assert.Contains(": cuDevicePrimaryCtxRetain failed with CUDA_ERROR_UNKNOWN (999)", host.DeviceChoice);
    }

    [TestMethod]
    [DataRow(typeof(UnauthorizedAccessException))]
    [DataRow(typeof(IOException))]
    [DataRow(typeof(FileNotFoundException))]
    [DataRow(typeof(DllNotFoundException))]
    [DataRow(typeof(EntryPointNotFoundException))]
    [DataRow(typeof(BadImageFormatException))]
    [DataRow(typeof(SEHException))]
    [DataRow(typeof(KernelCompilationException))]
    [MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
    public void AnyFaultOfTheSearch_LeavesTheDefaultHostToTheCpu_AndIsSaid(Type type)
    {
        CudaTest.Open().Dispose();
        Exception fault = type == typeof(KernelCompilationException)
            ? new KernelCompilationException("A kernel", "it is not today", "")
            : (Exception)Activator.CreateInstance(type, "It is not today.")!;
        using AttentionHost host =
            AttentionHost.CreateDefault(new() { Threads = 1, Cuda = new() { Compiler = new FaultyCompiler(fault) } }, Emulator.Libraries);

        Assert.StartsWith("CPU (", host.Device.Name);
        Assert.Contains("t is not today", host.DeviceChoice);
    }

    [TestMethod]
    public void CompileLog_IsFollowedByTheLinesItNames()
    {
        string log = CompileLog.WithSourceLines(
            "a.cu(2): error: x\na.cu:2:7: error: y\nb.cuh(9): note", [("a.cu", "one\n  two\nthree"), ("b.cuh", "only")]);

        Assert.AreEqual("a.cu(2): error: x\na.cu:2:7: error: y\nb.cuh(9): note\na.cu, line 2: two", log);
    }

    private static void AssertNotUsable(CudaLibraries libraries, params string[] parts)
    {
        DeviceNotUsableException exception =
            Assert.ThrowsExactly<DeviceNotUsableException>(
                () => AttentionHost.CreateDefault(new() { Device = DeviceKind.Cuda }, libraries));
        foreach (string part in parts)
            Assert.Contains(part, exception.Message);
    }

    private sealed class FaultyCompiler(Exception fault) : IKernelCompiler
    {
        public string Identity => "faulty";

        public string ArchitectureFor(int computeCapability) => throw fault;

        public KernelImage Compile(SpecializedKernel kernel, string architecture) => throw fault;
    }
}
