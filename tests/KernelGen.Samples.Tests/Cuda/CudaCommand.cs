using System.Diagnostics;
using KernelGen.CudaEmulator;

namespace KernelGen.Samples.Tests.Cuda;

/// <summary>
/// The sample application in a process of its own, on the GPU with <c>KERNELGEN_TEST_DEVICE=cuda</c>, else on the CUDA emulator.
/// </summary>
/// <remarks>
/// A process finds its CUDA libraries once, and the emulator reads its settings from the environment that the process began with.
/// </remarks>
internal static class CudaCommand
{
    public const string NoDevice = "There is neither a GPU to test (KERNELGEN_TEST_DEVICE=cuda) nor a g++ to build the CUDA emulator with.";

    public const string NoEmulator =
        "This needs the CUDA emulator: there is no g++ to build it with, or KERNELGEN_TEST_DEVICE=cuda asks for the GPU.";

    public static bool UsesGpu { get; } = Environment.GetEnvironmentVariable("KERNELGEN_TEST_DEVICE") == "cuda";

    public static bool HasEmulator => !UsesGpu && EmulatorLibrary.CanBeBuilt;

    public static bool HasDevice => UsesGpu || HasEmulator;

    /// <summary>Runs a command line.</summary>
    /// <param name="environment">Variables of the process; a value of null takes one away.</param>
    /// <param name="arguments">The arguments.</param>
    public static CommandResult Run(IEnumerable<(string Name, string? Value)> environment, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "KernelGen.Samples.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (HasEmulator)
        {
            start.Environment["KERNELGEN_CUDA_LIBRARY"] = EmulatorLibrary.Path;
            start.Environment["KERNELGEN_NVRTC_LIBRARY"] = EmulatorLibrary.Path;
        }

        foreach ((string name, string? value) in environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
