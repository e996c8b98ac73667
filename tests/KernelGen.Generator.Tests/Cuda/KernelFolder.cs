using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>A temporary folder with the sources of variants and the headers that they include, deleted in the end.</summary>
internal sealed class KernelFolder : IDisposable
{
    private readonly List<string> _manifest = [];

    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("kernelgen-").FullName;

    /// <summary>Writes a variant's source, and its headers where they are not there yet.</summary>
    /// <returns>The file.</returns>
    public string Add(KernelConfiguration configuration)
    {
        string file = System.IO.Path.Combine(Path, configuration.Id + ".cu");
        File.WriteAllText(file, CudaVariants.Render(configuration));
        foreach (CudaHeaderTemplate header in CudaVariants.Headers(configuration))
        {
            string headerFile = System.IO.Path.Combine(Path, header.Name);
            if (!File.Exists(headerFile))
                File.WriteAllText(headerFile, header.Render(TemplateLibrary.Embedded));
        }

        KernelFootprint footprint = CudaVariants.Footprint(configuration);
        string[] idParts = configuration.Id.Split('-');
        _manifest.Add(string.Join(' ',
        [
            configuration.Id + ".cu", idParts[0], idParts[1], idParts[2],
            $"{configuration.HeadDim}", $"{footprint.TileRows}", $"{footprint.TileKeys}", $"{configuration.MaximumKeys}",
            $"{footprint.BytesPerScore}", $"{footprint.TileRowBytes}",
            .. CudaVariants.Stages(configuration).Select(static stage =>
                $"{stage.EntryPoint}:{stage.Threads}:{stage.SharedBytes}:{stage.RowsPerBlock}"
                    + (stage.MergesKeySplits ? ":merge" : "") + (stage.IsPersistent ? ":persistent" : "")
                    + (stage.ClusterBlocks > 1 ? $":cluster{stage.ClusterBlocks}" : "")
                    + string.Concat(stage.TensorBoxes.Select(static box => $":{box.Dims}:{box.Rows}"))),
        ]));
        return file;
    }

    /// <summary>Writes the list of variants that the emulator's tests read.</summary>
    public void WriteManifest() => File.WriteAllLines(System.IO.Path.Combine(Path, "manifest.txt"), _manifest);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
