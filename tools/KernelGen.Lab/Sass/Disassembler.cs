using System.Diagnostics;

namespace KernelGen.Lab.Sass;

/// <summary>Runs <c>nvdisasm</c>, which comes with the CUDA toolkit.</summary>
/// <param name="path">The program.</param>
public sealed class Disassembler(string path)
{
    /// <summary>Names the program, where it is not on the search path.</summary>
    public const string PathVariable = "KERNELGEN_NVDISASM";

    private const string ProgramName = "nvdisasm";

    /// <summary>The disassembler that the environment names or that is on the search path; null where there is none.</summary>
    /// <exception cref="FileNotFoundException">The environment names one that is not there.</exception>
    public static Disassembler? Find()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } named)
        {
            return File.Exists(named)
                ? new(named)
                : throw new FileNotFoundException($"{PathVariable} names {named}, which does not exist.", named);
        }

        string program = OperatingSystem.IsWindows() ? ProgramName + ".exe" : ProgramName;
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
        return found is null ? null : new(found);
    }

    /// <summary>The functions of a cubin.</summary>
    /// <param name="cubin">The machine code, as NVRTC makes it.</param>
    /// <exception cref="InvalidDataException">It is no cubin that the program can read.</exception>
    public IReadOnlyList<SassFunction> Functions(ReadOnlySpan<byte> cubin)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, cubin);
            return Functions(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The functions of a cubin in a file.</summary>
    /// <exception cref="InvalidDataException">It is no cubin that the program can read.</exception>
    public IReadOnlyList<SassFunction> Functions(string file)
    {
        ProcessStartInfo start = new(path, ["-c", file]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidDataException($"{path} could not be started.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string listing = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? SassText.Parse(listing)
            : throw new InvalidDataException($"{path} cannot read {file}: {errors.Result.Trim()}");
    }
}
