using System.Runtime.InteropServices;

namespace KernelGen.Cuda.Interop;

/// <summary>Where NVRTC is found: by the loader's own search, in the toolkit's folders, and in the folders of the pip wheels.</summary>
internal static class NvrtcLocations
{
    private static readonly string[] _linuxNames = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"];
    private static readonly string[] _windowsNames = ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll"];

    /// <summary>Every candidate, best first. Folders that do not exist are left out.</summary>
    public static IEnumerable<string> Candidates()
    {
        string[] names = OperatingSystem.IsWindows() ? _windowsNames : _linuxNames;
        return names.Concat(Folders().Where(Directory.Exists).SelectMany(folder => names.Select(name => Path.Combine(folder, name)).Where(File.Exists)));
    }

    /// <summary>Loads the built-ins that NVRTC opens by name on first use; from its own folder, because the loader would not look there.</summary>
    /// <param name="library">The library that was loaded.</param>
    public static void LoadBuiltins(string library)
    {
        string? folder = Path.GetDirectoryName(library);
        if (string.IsNullOrEmpty(folder) || !Directory.Exists(folder))
        {
            return;
        }

        foreach (string builtins in Directory.EnumerateFiles(folder, OperatingSystem.IsWindows() ? "nvrtc-builtins64_*.dll" : "libnvrtc-builtins.so.*"))
        {
            NativeLibrary.TryLoad(builtins, out _);
        }
    }

    private static IEnumerable<string> Folders()
    {
        foreach (string variable in new[] { "CUDA_PATH", "CUDA_HOME" })
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } toolkit)
            {
                yield return Path.Combine(toolkit, "bin");
                yield return Path.Combine(toolkit, "bin", "x64");
                yield return Path.Combine(toolkit, "lib64");
            }
        }

        if (OperatingSystem.IsWindows())
        {
            yield break;
        }

        yield return "/usr/local/cuda/lib64";
        foreach (string versioned in Matches("/usr/local", "cuda-1*").OrderDescending(StringComparer.Ordinal))
        {
            yield return Path.Combine(versioned, "lib64");
        }

        foreach (string packages in PythonPackages())
        {
            yield return Path.Combine(packages, "nvidia", "cu13", "lib");
            yield return Path.Combine(packages, "nvidia", "cuda_nvrtc", "lib");
        }
    }

    private static IEnumerable<string> PythonPackages()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string?[] prefixes =
        [
            Environment.GetEnvironmentVariable("VIRTUAL_ENV"),
            Environment.GetEnvironmentVariable("CONDA_PREFIX"),
            Path.Combine(home, ".local"),
            "/usr/local",
            "/usr",
        ];
        foreach (string? prefix in prefixes)
        {
            if (!string.IsNullOrEmpty(prefix))
            {
                foreach (string python in Matches(Path.Combine(prefix, "lib"), "python3*").OrderDescending(StringComparer.Ordinal))
                {
                    yield return Path.Combine(python, "site-packages");
                    yield return Path.Combine(python, "dist-packages");
                }
            }
        }
    }

    private static string[] Matches(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.GetDirectories(folder, pattern) : [];
}
