namespace KernelGen.Generator.Model;

/// <summary>The specialisation of one variant.</summary>
/// <param name="HeadDim">Elements of a row: a multiple of 8 from 8 to 512.</param>
/// <param name="SliceRows">Slice size in query rows: of a slice for <c>materialized</c>, of a tile for <c>streaming</c>.</param>
internal sealed record KernelConfiguration(KernelFamily Family, KernelTarget Target, ElementType ElementType, int HeadDim, int SliceRows)
{
    /// <summary>The most keys of a call, for a <c>streaming</c> variant that holds all of them at once; 0 for any number.</summary>
    public int MaximumKeys { get; init; }

    /// <summary>Warps of a block, for a variant that differs from another one in nothing else; 0 for the usual number.</summary>
    public int Warps { get; init; }

    /// <summary>The variant's id, such as <c>streaming-simt-f16-d40-r64</c> (<c>-k80</c>: limited keys, <c>-w8</c>: warps).</summary>
    public string Id => Name(Invariant($"r{SliceRows}") + Part("-k", MaximumKeys) + Part("-w", Warps));

    /// <summary>Family, target, element type and head dim, and what else tells a kernel from others, such as <c>r64</c>.</summary>
    public string Name(string form)
    {
        string family = Family switch
        {
            KernelFamily.Materialized => "materialized",
            KernelFamily.Streaming => "streaming",
        };
        string target = Target switch
        {
            KernelTarget.Cpu => "cpu",
            KernelTarget.Simt => "simt",
            KernelTarget.Sm80 => "sm80",
            KernelTarget.Sm90a => "sm90a",
        };
        return Invariant($"{family}-{target}-{ElementType.ShortName()}-d{HeadDim}-{form}");
    }

    /// <summary>A part of a name that is left out where its number is 0.</summary>
    public static string Part(string name, int number) => number == 0 ? "" : Invariant($"{name}{number}");
}
