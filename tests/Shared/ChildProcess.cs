using System.Diagnostics;

namespace KernelGen.Tests.Shared;

/// <summary>Runs a program to its end, with variables of its own.</summary>
internal static class ChildProcess
{
    public static CommandResult Run(
        string fileName, string[] arguments, string? folder = null, params (string Name, string Value)[] variables)
    {
        ProcessStartInfo start =
            new(fileName, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
