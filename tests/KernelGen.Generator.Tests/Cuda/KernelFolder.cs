using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>A temporary folder with the primitives and the sources of variants, deleted in the end.</summary>
internal sealed class KernelFolder : IDisposable
{
    private readonly List<string> _manifest = [];

    public KernelFolder() => File.WriteAllText(System.IO.Path.Combine(Path, SimtKernelUnit.PrimitivesHeaderName), SimtKernelUnit.RenderPrimitives(TemplateLibrary.Embedded));

    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("kernelgen-").FullName;

    /// <summary>Writes a variant's source.</summary>
    /// <returns>The file.</returns>
    public string Add(KernelConfiguration configuration)
    {
        string file = System.IO.Path.Combine(Path, configuration.Id + ".cu");
        File.WriteAllText(file, CudaKernelUnit.Render(TemplateLibrary.Embedded, configuration, CancellationToken.None));

        KernelFootprint footprint = CudaKernelUnit.Footprint(configuration);
        string[] idParts = configuration.Id.Split('-');
        _manifest.Add(string.Join(' ',
        [
            configuration.Id + ".cu", idParts[0], idParts[1], idParts[2],
            $"{configuration.HeadDim}", $"{footprint.TileRows}", $"{footprint.TileKeys}", $"{configuration.MaximumKeys}",
            .. CudaKernelUnit.Stages(configuration).Select(static stage =>
                $"{stage.EntryPoint}:{stage.Threads}:{stage.SharedBytes}:{stage.RowsPerBlock}{string.Concat(stage.TensorBoxes.Select(static box => $":{box.Dims}:{box.Rows}"))}"),
        ]));
        return file;
    }

    /// <summary>Writes the list of variants that the emulator's tests read.</summary>
    public void WriteManifest() => File.WriteAllLines(System.IO.Path.Combine(Path, "manifest.txt"), _manifest);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
