using System.Text.Json;
using KernelGen.Files;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>The index of an architecture in a folder of kernels compiled in advance: <c>FOLDER/ARCH/index.json</c>.</summary>
/// <param name="Format">The version of the format; indices of another one are not read.</param>
/// <param name="Kernels">The kernels.</param>
internal sealed record KernelsFolderIndex(int Format, IReadOnlyList<KernelsFolderEntry> Kernels)
{
    /// <summary>The version that is written and read.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The index's file name.</summary>
    public const string FileName = "index.json";

    /// <summary>The ending of the files with machine code.</summary>
    public const string ImageExtension = ".cubin";

    /// <summary>Far more than an index of every kernel that can be generated takes.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>
    /// Text, headers, options and architecture of a kernel, as a hash. Compilers that take the same options may differ in version.
    /// </summary>
    public static string KeyOf(SpecializedKernel kernel, string architecture) =>
        CubinCache.Key(kernel, NvrtcKernelCompiler.CodeOptions, architecture);

    /// <summary>Reads an index.</summary>
    /// <param name="folder">The architecture's folder.</param>
    /// <param name="fault">Why there is none, in a few words; empty when there is.</param>
    public static KernelsFolderIndex? TryRead(string folder, out string fault)
    {
        if (BoundedFile.TryRead(Path.Combine(folder, FileName), MaxBytes, out fault) is not { } bytes)
        {
            return null;
        }

        try
        {
            KernelsFolderIndex? index = JsonSerializer.Deserialize(bytes, KernelsFolderJson.Default.KernelsFolderIndex);
            fault = index is { Format: CurrentFormat } && index.Kernels.All(entry => entry is not null) ? "" : "it is of another version";
            return fault.Length == 0 ? index : null;
        }
        catch (JsonException)
        {
            fault = "it is damaged";
            return null;
        }
    }

    /// <summary>Writes the index: aside, and then under its name, so that a reader sees all of it or nothing.</summary>
    /// <param name="folder">The architecture's folder.</param>
    public void Write(string folder)
    {
        string path = Path.Combine(folder, FileName);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(this, KernelsFolderJson.Default.KernelsFolderIndex));
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
