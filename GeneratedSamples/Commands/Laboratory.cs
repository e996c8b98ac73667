using System.Diagnostics;
using System.Reflection;

namespace KernelGen.Samples.Commands;

/// <summary>
/// The program <c>tools/KernelGen.Lab</c>, which measures the kernels of this application. A build of the application does not build it.
/// </summary>
internal static class Laboratory
{
    private const string Name = "KernelGen.Lab";

    /// <summary>Time for a laboratory that is asked to stop, as by Ctrl+C, which reaches it as well, before it is ended.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs a command line of the laboratory, whose standard streams are those of this process.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="console">Its token stops the run.</param>
    /// <returns>The laboratory's <see cref="ExitCode"/>.</returns>
    /// <exception cref="InputException">Neither the program nor its sources are here.</exception>
    public static int Run(string[] args, CommandConsole console)
    {
        ProcessStartInfo start = Start(AppContext.BaseDirectory) ?? throw new InputException(
            $"{args[0]} is a command of the laboratory, {Name}, which is neither beside this program nor among the sources around it.");
        foreach (string argument in args)
            start.ArgumentList.Add(argument);

        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration stop = console.CancellationToken.Register(() =>
        {
            if (!process.WaitForExit(_grace))
                process.Kill(entireProcessTree: true);
        });
        process.WaitForExit();
        console.CancellationToken.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    /// <summary>The start of the laboratory: the program beside this one, or else its project, which is then built.</summary>
    /// <param name="folder">Where this program is.</param>
    /// <returns>Null when there is neither.</returns>
    public static ProcessStartInfo? Start(string folder)
    {
        string program = Path.Combine(folder, OperatingSystem.IsWindows() ? $"{Name}.exe" : Name);
        if (File.Exists(program))
            return new(program);

        for (DirectoryInfo? around = new(folder); around is not null; around = around.Parent)
        {
            string project = Path.Combine(around.FullName, "tools", Name, $"{Name}.csproj");
            if (File.Exists(project))
                return new("dotnet", ["run", "--configuration", Configuration, "--no-launch-profile", "--project", project, "--"]);
        }

        return null;
    }

    /// <summary>The build configuration of this application, in which the laboratory finds most of what it needs built already.</summary>
    private static string Configuration => typeof(Laboratory).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
}
