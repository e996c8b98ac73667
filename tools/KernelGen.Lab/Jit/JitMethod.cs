namespace KernelGen.Lab.Jit;

/// <summary>What the JIT made of a method.</summary>
/// <param name="Name">Type and method, with its type arguments.</param>
/// <param name="Instructions">Its instructions, in order.</param>
/// <param name="Loops">Its innermost loops, in order.</param>
public sealed record JitMethod(string Name, IReadOnlyList<JitInstruction> Instructions, IReadOnlyList<JitLoop> Loops);
