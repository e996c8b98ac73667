using KernelGen.Generator.Model;

namespace KernelGen.Generator.Kernels;

/// <summary>The names of a translation unit: of the text, its entry points and the property that holds it.</summary>
/// <param name="Id">Such as <c>streaming-simt-f16-d40-r64</c>.</param>
/// <param name="Property">Such as <c>StreamingFloat16R64</c>.</param>
internal sealed record CudaSourceName(string Id, string Property)
{
    /// <summary>The entry point, or what those of several launches begin with: the id as a name of C.</summary>
    public string EntryPoint => Id.Replace('-', '_');

    /// <summary>A text of one variant's own, named like it.</summary>
    public static CudaSourceName Of(KernelConfiguration configuration) => new(
        configuration.Id,
        $"{configuration.Family}{configuration.ElementType}R{configuration.SliceRows}" + (configuration.MaximumKeys > 0 ? $"K{configuration.MaximumKeys}" : ""));
}
