namespace KernelGen.Planning;

/// <summary>The numbers that the presets of existing systems decide from.</summary>
/// <param name="TotalHeads">Batch times heads.</param>
/// <param name="Heads">Heads of a batch item.</param>
/// <param name="Queries">Query rows of a head.</param>
/// <param name="Keys">Keys of a head.</param>
/// <param name="HeadDim">Elements of a row.</param>
/// <param name="ElementSize">Bytes of an element: 2 or 4.</param>
/// <param name="FreeBytes">Bytes that may be used.</param>
/// <param name="TotalMemoryBytes">Memory of the machine, free or not.</param>
public readonly record struct PolicyInput(
    int TotalHeads, int Heads, int Queries, int Keys, int HeadDim, int ElementSize, long FreeBytes, long TotalMemoryBytes)
{
    /// <summary>Bytes of the full score matrix at the element size. 128 bits wide because three 31-bit sizes are multiplied.</summary>
    public Int128 ScoreBytes => (Int128)TotalHeads * Queries * Keys * ElementSize;
}
