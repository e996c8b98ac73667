using KernelGen.Generator.Model;

namespace KernelGen.Generator.Kernels.Common;

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
        Invariant($"{configuration.Family}{configuration.ElementType}R{configuration.SliceRows}")
            + KernelConfiguration.Part("K", configuration.MaximumKeys) + KernelConfiguration.Part("W", configuration.Warps));

    /// <summary>A text that variants of several slice sizes share, named after what these have in common.</summary>
    public static CudaSourceName OfTile(KernelConfiguration configuration, int tileRows, bool streamsScores = false) => new(
        configuration.Name(Invariant($"t{tileRows}") + (streamsScores ? "-streamed" : "")),
        Invariant($"{configuration.Family}{configuration.ElementType}T{tileRows}") + (streamsScores ? "Streamed" : ""));
}
