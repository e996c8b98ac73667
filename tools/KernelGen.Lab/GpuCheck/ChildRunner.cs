using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace KernelGen.Lab.GpuCheck;

/// <summary>Runs processes of this machine.</summary>
internal sealed class ChildRunner : IChildRunner
{
    /// <inheritdoc/>
    public ChildResult Run(ChildCommand command, TimeSpan limit, TextWriter log)
    {
        ProcessStartInfo start = new(command.FileName, command.Arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // The programs of the bundle bring their own runtime.
        start.Environment.Remove("DOTNET_ROOT");
        foreach ((string name, string value) in command.Environment)
            start.Environment[name] = value;

        using Process process = new() { StartInfo = start };
        StringBuilder output = new();
        process.OutputDataReceived += (_, line) => Write(line.Data, log, output);
        process.ErrorDataReceived += (_, line) => Write(line.Data, log, keep: null);
        try
        {
            process.Start();
        }
        catch (Win32Exception fault)
        {
            log.WriteLine($"{command.FileName}: {fault.Message}");
            return new(ChildResult.NoSuchProgram, EndedByLimit: false, "");
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        bool ended = process.WaitForExit(limit);
        if (!ended)
            process.Kill(entireProcessTree: true);

        // Waits for the last lines, too.
        process.WaitForExit();
        lock (log)
            return new(process.ExitCode, EndedByLimit: !ended, output.ToString());
    }

    private static void Write(string? line, TextWriter log, StringBuilder? keep)
    {
        if (line is null)
            return;

        lock (log)
        {
            log.WriteLine(line);
            keep?.Append(line).Append('\n');
        }
    }
}
