namespace KernelGen.Lab.Sass;

/// <summary>Instructions that are always executed one after the other.</summary>
/// <param name="Successors">Indices of the blocks that may come next.</param>
public sealed record BasicBlock(IReadOnlyList<SassInstruction> Instructions, IReadOnlyList<int> Successors);
