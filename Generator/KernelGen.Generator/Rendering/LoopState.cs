namespace KernelGen.Generator.Rendering;

/// <summary>The progress of a running loop.</summary>
internal sealed class LoopState
{
    /// <summary>The round, from 0.</summary>
    public long Index { get; set; }

    /// <summary>The number of rounds.</summary>
    public long Count { get; set; }
}
