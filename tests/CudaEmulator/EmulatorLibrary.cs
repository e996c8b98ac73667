using System.Diagnostics;

namespace KernelGen.CudaEmulator;

/// <summary>The emulator's library, built once a process with g++. Test projects compile this file in.</summary>
internal static class EmulatorLibrary
{
    private static readonly string? _script = FindScript();
    private static readonly Lazy<string> _path = new(Build);

    /// <summary>There is a source tree and a g++.</summary>
    public static bool CanBeBuilt { get; } = _script is not null && !OperatingSystem.IsWindows()
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(System.IO.Path.Combine(folder, "g++")));

    /// <summary>The library, which is driver and NVRTC at once.</summary>
    public static string Path => _path.Value;

    private static string? FindScript()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string script = System.IO.Path.Combine(folder.FullName, "tests", "CudaEmulator", "build.sh");
            if (File.Exists(script))
                return script;
        }

        return null;
    }

    private static string Build()
    {
        using Process build =
            Process.Start(new ProcessStartInfo(_script!) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = build.StandardError.ReadToEndAsync();
        string output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        return build.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]
            : throw new InvalidOperationException($"The CUDA emulator could not be built.\n{errors.Result}");
    }
}
