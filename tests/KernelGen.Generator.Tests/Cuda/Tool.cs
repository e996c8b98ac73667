using System.Diagnostics;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>Runs a program of the machine.</summary>
internal static class Tool
{
    /// <summary>Runs it to its end.</summary>
    /// <returns>Its exit code and what it wrote.</returns>
    public static (int ExitCode, string Output, string Error) Run(string fileName, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(fileName, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
