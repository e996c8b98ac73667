using System.Runtime.InteropServices;

namespace KernelGen.Cuda.Interop;

/// <summary>The places of NVRTC: the loader's own search, the toolkit's folders, and the folders of the pip wheels.</summary>
/// <param name="system">Where to look.</param>
internal sealed class NvrtcLocations(SearchedSystem system)
{
    private static readonly string[] _linuxNames = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"];
    private static readonly string[] _windowsNames = ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll"];

    /// <summary>Every candidate, best first. Files that do not exist are left out, and folders that may not be listed.</summary>
    public IEnumerable<string> Candidates()
    {
        string[] names = system.IsWindows ? _windowsNames : _linuxNames;
        return names.Concat(Folders().SelectMany(folder => names.Select(name => Path.Combine(folder, name)).Where(system.FileExists)));
    }

    /// <summary>The built-ins that NVRTC opens by name on first use, in its own folder, where the loader would not look for them.</summary>
    /// <param name="library">The library that was loaded; a path, or a name that the loader knows.</param>
    /// <param name="version">Its version.</param>
    public IEnumerable<string> Builtins(string library, Version version)
    {
        if (Path.GetDirectoryName(library) is not { Length: > 0 } folder)
        {
            return [];
        }

        // The exact one needs no list of the folder, which one may not have.
        string exact = Path.Combine(folder, BuiltinsName(version));
        return system.FileExists(exact)
            ? [exact]
            : SearchedSystem.Matches(system.Files, folder, system.IsWindows ? "nvrtc-builtins64_*.dll" : "libnvrtc-builtins.so.*");
    }

    /// <summary>What the built-ins are called, by which NVRTC opens them.</summary>
    /// <param name="version">The version of NVRTC.</param>
    public string BuiltinsName(Version version) => system.IsWindows
        ? Invariant($"nvrtc-builtins64_{version.Major}{version.Minor}.dll")
        : Invariant($"libnvrtc-builtins.so.{version.Major}.{version.Minor}");

    /// <summary>Loads the <see cref="Builtins"/>.</summary>
    /// <param name="library">The library that was loaded.</param>
    /// <param name="version">Its version.</param>
    /// <returns>True when NVRTC will find them: what is loaded is found by its name, wherever it lies.</returns>
    public bool LoadBuiltins(string library, Version version)
    {
        foreach (string builtins in Builtins(library, version))
        {
            NativeLibrary.TryLoad(builtins, out _);
        }

        return NativeLibrary.TryLoad(BuiltinsName(version), out _);
    }

    private IEnumerable<string> Folders()
    {
        foreach (string variable in new[] { "CUDA_PATH", "CUDA_HOME" })
        {
            if (system.Variable(variable) is { Length: > 0 } toolkit)
            {
                yield return Path.Combine(toolkit, "bin");
                yield return Path.Combine(toolkit, "bin", "x64");
                yield return Path.Combine(toolkit, "lib64");
            }
        }

        if (system.IsWindows)
        {
            yield break;
        }

        yield return "/usr/local/cuda/lib64";
        foreach (string versioned in Newest("/usr/local", "cuda-1*"))
        {
            yield return Path.Combine(versioned, "lib64");
        }

        foreach (string packages in PythonPackages())
        {
            yield return Path.Combine(packages, "nvidia", "cu13", "lib");
            yield return Path.Combine(packages, "nvidia", "cuda_nvrtc", "lib");
        }
    }

    private IEnumerable<string> PythonPackages()
    {
        string?[] prefixes =
        [
            system.Variable("VIRTUAL_ENV"),
            system.Variable("CONDA_PREFIX"),
            system.Home.Length > 0 ? Path.Combine(system.Home, ".local") : null,
            "/usr/local",
            "/usr",
        ];
        foreach (string prefix in prefixes.OfType<string>().Where(prefix => prefix.Length > 0))
        {
            foreach (string python in Newest(Path.Combine(prefix, "lib"), "python3*"))
            {
                yield return Path.Combine(python, "site-packages");
                yield return Path.Combine(python, "dist-packages");
            }
        }
    }

    private IEnumerable<string> Newest(string folder, string pattern) =>
        SearchedSystem.Matches(system.Folders, folder, pattern).OrderDescending(StringComparer.Ordinal);
}
