namespace KernelGen.Lab.Sass;

/// <summary>A loop with one entrance.</summary>
/// <param name="Header">The block through which it is entered, and to which it comes back.</param>
/// <param name="Blocks">All its blocks, the header too.</param>
public sealed record NaturalLoop(int Header, IReadOnlySet<int> Blocks);
