using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda.Compilation;

/// <summary>The options of the cache of compiled kernels, which processes share.</summary>
/// <param name="Folder">
/// The folder, as an absolute path; null keeps nothing on disk. It is made for this user alone. A folder, or a file in it, that another
/// user owns or may write to is passed over, and the log says so.
/// </param>
/// <param name="MaxBytes">The size to which the folder is cut back, oldest use first.</param>
public sealed record CubinCacheOptions(string? Folder, long MaxBytes)
{
    /// <summary>Names the folder, or <c>off</c>.</summary>
    public const string FolderVariable = "KERNELGEN_CACHE_DIR";

    /// <summary>Kernels are tens of kilobytes; this holds thousands.</summary>
    private const long DefaultMaxBytes = 256L << 20;

    /// <summary>
    /// <c>KERNELGEN_CACHE_DIR</c> (or nothing when that is <c>off</c>), else <c>$XDG_CACHE_HOME/kernelgen/v1</c>, else the user's cache
    /// folder. A relative path is kept as it is and keeps nothing on disk, as the log then says; one in <c>XDG_CACHE_HOME</c> is ignored,
    /// as its specification asks.
    /// </summary>
    public static CubinCacheOptions FromEnvironment() => From(SearchedSystem.Current);

    /// <summary>As <see cref="FromEnvironment"/>, on another system than the process's own.</summary>
    internal static CubinCacheOptions From(SearchedSystem system)
    {
        string? chosen = system.Variable(FolderVariable);
        if (string.Equals(chosen, "off", StringComparison.OrdinalIgnoreCase))
        {
            return new(null, DefaultMaxBytes);
        }

        return new(string.IsNullOrEmpty(chosen) ? DefaultFolder(system) : chosen, DefaultMaxBytes);
    }

    private static string? DefaultFolder(SearchedSystem system)
    {
        string? root = system.Variable("XDG_CACHE_HOME");
        if (root is null || !system.IsFullyQualified(root))
        {
            string home = system.IsWindows ? system.LocalApplicationData : system.Home;
            root = home.Length == 0 ? null : system.IsWindows ? home : Path.Combine(home, ".cache");
        }

        return root is null ? null : Path.Combine(root, "kernelgen", "v1");
    }
}
