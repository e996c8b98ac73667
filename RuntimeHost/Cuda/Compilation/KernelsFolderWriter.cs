using System.Security.Cryptography;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>
/// Writes kernels that were compiled in advance into a folder that can be shipped: <c>FOLDER/ARCH/ENTRY.cubin</c>, with <c>+masks</c> behind the entry point of those for
/// calls with general masks, and an index for each architecture. What the folder has of other kernels stays.
/// </summary>
public sealed class KernelsFolderWriter
{
    private readonly string _folder;
    private readonly string _compiler;
    private readonly Dictionary<string, List<KernelsFolderEntry>> _written = [];

    /// <summary>Writes into a folder, which is made when it is not there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="compiler">Name and version of the compiler, for people.</param>
    public KernelsFolderWriter(string folder, string compiler)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        (_folder, _compiler) = (Path.GetFullPath(folder), compiler);
    }

    /// <summary>Writes a kernel's machine code; call <see cref="Commit"/> when all are written.</summary>
    /// <param name="compilation">A kernel that was not refused.</param>
    /// <returns>The file.</returns>
    public string Add(KernelCompilation compilation)
    {
        ArgumentNullException.ThrowIfNull(compilation);
        if (compilation.Image is not { Kind: KernelImageKind.Cubin } image)
        {
            throw new ArgumentException($"{compilation.Request.Kernel.Name} has no machine code to be kept.", nameof(compilation));
        }

        SpecializedKernel kernel = compilation.Request.Kernel;
        string architecture = compilation.Request.ArchitectureName;
        string key = KernelsFolderIndex.KeyOf(kernel, architecture);
        if (!_written.TryGetValue(architecture, out List<KernelsFolderEntry>? entries))
        {
            Directory.CreateDirectory(Path.Combine(_folder, architecture));
            _written.Add(architecture, entries = []);
        }

        // Classes of different assemblies may have kernels of one name and different text.
        string name = FileName(kernel);
        string file = name + KernelsFolderIndex.ImageExtension;
        if (entries.Any(entry => entry.File == file))
        {
            file = $"{name}-{key[..12]}{KernelsFolderIndex.ImageExtension}";
        }

        string path = Path.Combine(_folder, architecture, file);
        File.WriteAllBytes(path, image.Bytes.Span);
        entries.Add(new(kernel.Name, file, key, image.Bytes.Length, Convert.ToHexStringLower(SHA256.HashData(image.Bytes.Span)), _compiler));
        return path;
    }

    /// <summary>Writes the indices: from now on the folder has the kernels.</summary>
    public void Commit()
    {
        foreach ((string architecture, List<KernelsFolderEntry> entries) in _written)
        {
            string folder = Path.Combine(_folder, architecture);
            IReadOnlyList<KernelsFolderEntry> earlier = KernelsFolderIndex.TryRead(folder, out _)?.Kernels ?? [];
            HashSet<string> files = [.. entries.Select(entry => entry.File)];
            HashSet<string> keys = [.. entries.Select(entry => entry.Key)];
            IEnumerable<KernelsFolderEntry> kept = earlier.Where(entry => !files.Contains(entry.File) && !keys.Contains(entry.Key));
            new KernelsFolderIndex(KernelsFolderIndex.CurrentFormat, [.. kept.Concat(entries).OrderBy(entry => entry.File, StringComparer.Ordinal)]).Write(folder);
        }
    }

    private static string FileName(SpecializedKernel kernel) =>
        kernel.Variant.Cuda!.Stages[0].EntryPoint + (kernel.Specialization.GeneralMasks ? "+masks" : "");
}
