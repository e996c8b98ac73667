using System.Security.Cryptography;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>
/// Writes kernels that were compiled in advance into a folder that can be shipped: <c>FOLDER/ARCH/ENTRY.cubin</c>, with <c>+masks</c>
/// behind the entry point of those for
/// calls with general masks, and an index for each architecture. What the folder has of other kernels stays, unless it is asked to go.
/// </summary>
public sealed class KernelsFolderWriter
{
    private readonly string _folder;
    private readonly string _compiler;
    private readonly Dictionary<string, List<KernelsFolderEntry>> _written = [];
    private readonly Dictionary<string, IReadOnlyList<KernelsFolderEntry>> _earlier = [];

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
        List<KernelsFolderEntry> entries = EntriesOf(architecture);
        Directory.CreateDirectory(FolderOf(architecture));

        // Classes of different assemblies may have kernels of one name and different text.
        string name = FileName(kernel);
        string file = name + KernelsFolderIndex.ImageExtension;
        if (entries.Any(entry => entry.File == file))
        {
            file = $"{name}-{key[..12]}{KernelsFolderIndex.ImageExtension}";
        }

        string path = Path.Combine(FolderOf(architecture), file);
        File.WriteAllBytes(path, image.Bytes.Span);
        string hash = Convert.ToHexStringLower(SHA256.HashData(image.Bytes.Span));
        entries.Add(new(kernel.Name, file, key, image.Bytes.Length, hash, _compiler));
        return path;
    }

    /// <summary>Takes over a kernel that the folder has already, compiled by the same compiler; it need not be compiled again.</summary>
    /// <param name="request">The kernel.</param>
    /// <returns>False when the folder does not have it.</returns>
    public bool TryKeep(CompilationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        string architecture = request.ArchitectureName;
        string key = KernelsFolderIndex.KeyOf(request.Kernel, architecture);
        if (EarlierOf(architecture).FirstOrDefault(entry => entry.Key == key && entry.Compiler == _compiler) is not { } known
            || KernelsFolder.TryReadImage(FolderOf(architecture), known, out _) is null)
        {
            return false;
        }

        List<KernelsFolderEntry> entries = EntriesOf(architecture);
        if (entries.Any(entry => entry.File == known.File))
        {
            return false;
        }

        entries.Add(known);
        return true;
    }

    /// <summary>Writes the indices: from now on the folder has the kernels.</summary>
    /// <param name="removeOthers">Remove what the folder has of other kernels, and of other architectures.</param>
    public void Commit(bool removeOthers = false)
    {
        foreach ((string architecture, List<KernelsFolderEntry> entries) in _written)
        {
            HashSet<string> files = [.. entries.Select(entry => entry.File)];
            HashSet<string> keys = [.. entries.Select(entry => entry.Key)];
            IEnumerable<KernelsFolderEntry> kept = removeOthers
                ? []
                : EarlierOf(architecture).Where(entry => !files.Contains(entry.File) && !keys.Contains(entry.Key));
            KernelsFolderEntry[] all = [.. kept.Concat(entries).OrderBy(entry => entry.File, StringComparer.Ordinal)];
            new KernelsFolderIndex(KernelsFolderIndex.CurrentFormat, all).Write(FolderOf(architecture));
        }

        if (removeOthers && Directory.Exists(_folder))
        {
            RemoveOthers();
        }
    }

    private static string FileName(SpecializedKernel kernel) =>
        kernel.Variant.Cuda!.Stages[0].EntryPoint + (kernel.Specialization.GeneralMasks ? "+masks" : "");

    private string FolderOf(string architecture) => Path.Combine(_folder, architecture);

    private List<KernelsFolderEntry> EntriesOf(string architecture)
    {
        if (!_written.TryGetValue(architecture, out List<KernelsFolderEntry>? entries))
        {
            _written.Add(architecture, entries = []);
        }

        return entries;
    }

    private IReadOnlyList<KernelsFolderEntry> EarlierOf(string architecture)
    {
        if (!_earlier.TryGetValue(architecture, out IReadOnlyList<KernelsFolderEntry>? entries))
        {
            _earlier.Add(architecture, entries = KernelsFolderIndex.TryRead(FolderOf(architecture), out _)?.Kernels ?? []);
        }

        return entries;
    }

    // Only machine code and indices: the folder may be anything else besides.
    private void RemoveOthers()
    {
        foreach (string path in Directory.GetDirectories(_folder))
        {
            string index = Path.Combine(path, KernelsFolderIndex.FileName);
            if (!File.Exists(index))
            {
                continue;
            }

            bool wanted = _written.TryGetValue(Path.GetFileName(path), out List<KernelsFolderEntry>? entries);
            HashSet<string> files = [.. (entries ?? []).Select(entry => entry.File)];
            IEnumerable<string> images = Directory.GetFiles(path, "*" + KernelsFolderIndex.ImageExtension);
            foreach (string image in images.Where(image => !files.Contains(Path.GetFileName(image))))
            {
                File.Delete(image);
            }

            if (!wanted)
            {
                File.Delete(index);
                if (!Directory.EnumerateFileSystemEntries(path).Any())
                {
                    Directory.Delete(path);
                }
            }
        }
    }
}
