using System.Collections.Concurrent;
using System.Security.Cryptography;
using KernelGen.Files;
using KernelGen.Kernels;
using Microsoft.Extensions.Logging;

namespace KernelGen.Cuda.Compilation;

/// <summary>
/// Reads kernels that were compiled in advance. Whatever is not exactly the kernel that is asked for (another text, other options, a file
/// that differs from the index) is passed over: the kernel then comes from the cache or the compiler. The first of an architecture that is
/// passed over is logged as a warning, the others as debug messages.
/// </summary>
internal sealed class KernelsFolder
{
    /// <summary>Names the folder, or <c>off</c>.</summary>
    public const string FolderVariable = "KERNELGEN_KERNELS_DIR";

    /// <summary>The folder beside the application that is looked into when none is named.</summary>
    public const string DefaultName = "kernels";

    /// <summary>Kernels are some hundred kilobytes.</summary>
    private const int MaxImageBytes = 64 << 20;

    private readonly string _folder;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, Architecture> _architectures = new();

    /// <summary>A folder, which need not be there.</summary>
    public KernelsFolder(string folder, ILogger logger) => (_folder, _logger) = (folder, logger);

    /// <summary>The folder to look into; null for none.</summary>
    /// <param name="chosen">The folder that options name; an empty one for none, null to ask the environment.</param>
    public static string? Locate(string? chosen)
    {
        chosen ??= Environment.GetEnvironmentVariable(FolderVariable);
        if (chosen is null)
        {
            string usual = Path.Combine(AppContext.BaseDirectory, DefaultName);
            return Directory.Exists(usual) ? usual : null;
        }

        return chosen.Length == 0 || string.Equals(chosen, "off", StringComparison.OrdinalIgnoreCase) ? null : FullPath(chosen);
    }

    /// <summary>The content of the folder, architecture by architecture, for people.</summary>
    public static string Describe(string folder)
    {
        string[] architectures;
        try
        {
            architectures = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{folder}: {fault.Message}";
        }

        string[] parts =
        [
            .. architectures.Select(path => (Name: Path.GetFileName(path), KernelsFolderIndex.TryRead(path, out _)?.Kernels))
                .Where(known => known.Kernels is not null)
                .Select(known => Invariant($"{known.Kernels!.Count} for {known.Name}")),
        ];
        return $"{folder}: {(parts.Length == 0 ? "no kernels" : string.Join(", ", parts))}";
    }

    /// <summary>The folder's path.</summary>
    public override string ToString() => _folder;

    /// <summary>The folder has kernels for an architecture, fresh or not.</summary>
    public bool Knows(string architecture) => Of(architecture).ByKey.Count > 0;

    /// <summary>The hash of a kernel's machine code; null when the folder does not have the kernel. Reads the index alone.</summary>
    public string? HashOf(SpecializedKernel kernel, string architecture)
    {
        // To look through the text of a kernel takes its time, which is not spent where there is nothing to find.
        Architecture known = Of(architecture);
        return known.ByKey.IsEmpty ? null : known.ByKey.GetValueOrDefault(KernelsFolderIndex.KeyOf(kernel, architecture))?.Sha256;
    }

    /// <summary>Reads a kernel, or gives null when the folder does not have it.</summary>
    public KernelImage? TryRead(SpecializedKernel kernel, string architecture)
    {
        Architecture known = Of(architecture);
        string key = KernelsFolderIndex.KeyOf(kernel, architecture);
        string fault;
        if (known.ByKey.TryGetValue(key, out KernelsFolderEntry? entry))
        {
            if (TryReadImage(Path.Combine(_folder, architecture), entry, out fault) is { } image)
            {
                return image;
            }
        }
        else
        {
            fault = known.Fault.Length > 0 ? known.Fault
                : known.Names.Contains(kernel.Name) ? "it was compiled from another text or with other options"
                : "it is not there";
        }

        Tell(known, kernel, architecture, fault);
        return null;
    }

    /// <summary>From now on the folder does not have a kernel: the driver refused its machine code.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="architecture">What it was compiled for.</param>
    /// <param name="reason">What the driver said.</param>
    public void Forget(SpecializedKernel kernel, string architecture, string reason)
    {
        Architecture known = Of(architecture);
        known.ByKey.TryRemove(KernelsFolderIndex.KeyOf(kernel, architecture), out _);
        Tell(known, kernel, architecture, $"the driver refused it: {reason}");
    }

    // An index that leads out of its folder was not written by us.
    private static bool IsPlainName(string file) =>
        file.EndsWith(KernelsFolderIndex.ImageExtension, StringComparison.Ordinal)
        && file.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '+' or '.')
        && file[0] != '.';

    /// <summary>The machine code that an index speaks of, if it is there and what the index says.</summary>
    /// <param name="folder">The architecture's folder.</param>
    /// <param name="entry">The kernel.</param>
    /// <param name="fault">Why it was not read; empty when it was.</param>
    public static KernelImage? TryReadImage(string folder, KernelsFolderEntry entry, out string fault)
    {
        if (!IsPlainName(entry.File))
        {
            fault = "its index is not one of ours";
            return null;
        }

        if (BoundedFile.TryRead(Path.Combine(folder, entry.File), MaxImageBytes, out fault) is not { } bytes)
        {
            return null;
        }

        bool sound = bytes.Length == entry.Bytes && Convert.ToHexStringLower(SHA256.HashData(bytes)) == entry.Sha256;
        fault = sound ? "" : "it is not what its index says";
        return sound ? new(KernelImageKind.Cubin, bytes) : null;
    }

    // Of a current folder that was removed there is no path; nothing is found in it, either.
    private static string FullPath(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception fault) when (PrivateFolder.IsFault(fault))
        {
            return path;
        }
    }

    private void Tell(Architecture known, SpecializedKernel kernel, string architecture, string reason)
    {
        LogLevel level = known.IsFirst() ? LogLevel.Warning : LogLevel.Debug;
        CudaLog.PassedOver(_logger, level, kernel.Name, architecture, _folder, reason);
    }

    private Architecture Of(string architecture) => _architectures.GetOrAdd(architecture, name =>
    {
        KernelsFolderIndex? index = KernelsFolderIndex.TryRead(Path.Combine(_folder, name), out string fault);
        return new(index?.Kernels ?? [], index is null ? $"{KernelsFolderIndex.FileName}: {fault}" : "");
    });

    /// <summary>The kernels of an architecture.</summary>
    private sealed class Architecture
    {
        private int _told;

        public Architecture(IReadOnlyList<KernelsFolderEntry> entries, string fault)
        {
            Fault = fault;
            ByKey = new(entries.DistinctBy(entry => entry.Key).Select(entry => KeyValuePair.Create(entry.Key, entry)));
            Names = [.. entries.Select(entry => entry.Kernel)];
        }

        public ConcurrentDictionary<string, KernelsFolderEntry> ByKey { get; }

        public HashSet<string> Names { get; }

        /// <summary>Why there are none; empty when there are, or when the folder is only empty.</summary>
        public string Fault { get; }

        public bool IsFirst() => Interlocked.Exchange(ref _told, 1) == 0;
    }
}
