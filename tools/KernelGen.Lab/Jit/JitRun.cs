using System.Diagnostics;
using System.Runtime.InteropServices;
using KernelGen.Cpu;

namespace KernelGen.Lab.Jit;

/// <summary>
/// Has a process of its own compile micro-kernels and reads what came of them: the JIT lists code from its start or not at all.
/// </summary>
/// <param name="assembly">The assembly with the model classes.</param>
internal sealed class JitRun(string assembly)
{
    /// <summary>The command of that process, which takes the assembly.</summary>
    public const string CompileCommand = "jit-compile";

    /// <summary>The micro-kernels as the JIT compiles them for a processor with nothing wider than these vectors.</summary>
    /// <param name="path">The vectors, which this machine has.</param>
    /// <exception cref="PlatformNotSupportedException">The listing of another processor is another language.</exception>
    /// <exception cref="InvalidDataException">The assembly could not be read, or has no micro-kernels.</exception>
    public IReadOnlyList<JitMethod> Methods(CpuVectorPath path)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new PlatformNotSupportedException("Only listings of x64 can be read.");

        string listing = Path.GetTempFileName();
        try
        {
            Compile(path, listing);
            return JitListing.Parse(File.ReadAllText(listing));
        }
        finally
        {
            File.Delete(listing);
        }
    }

    private void Compile(CpuVectorPath path, string listing)
    {
        ProcessStartInfo start = new("dotnet", [typeof(JitRun).Assembly.Location, CompileCommand, assembly])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_JitDisasm"] = MicroKernelCode.Filter;
        start.Environment["DOTNET_JitStdOutFile"] = listing;
        if (path != CpuVectorPath.Avx512)
            start.Environment[path == CpuVectorPath.Avx2 ? "DOTNET_EnableAVX512" : "DOTNET_EnableAVX"] = "0";

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidDataException($"{assembly} could not be compiled: {errors.Result.Trim()}");
    }
}
