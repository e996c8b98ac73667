namespace KernelGen.Lab.Sass;

/// <summary>The machine code of one function.</summary>
/// <param name="Name">Its name; for a kernel, that of its entry point.</param>
/// <param name="ComputeCapability">What it is compiled for, such as 80 or 90.</param>
/// <param name="Instructions">Its instructions, by ascending address.</param>
/// <param name="TakesMasks">It was compiled for calls with a Boolean or additive mask.</param>
public sealed record SassFunction(
    string Name, int ComputeCapability, IReadOnlyList<SassInstruction> Instructions, bool TakesMasks = false);
