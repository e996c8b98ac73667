namespace KernelGen.Lab.Jit;

/// <summary>A loop without a loop in it: the instructions from the target of a jump backwards to the jump.</summary>
/// <param name="Instructions">Its instructions, rare ways included.</param>
public sealed record JitLoop(IReadOnlyList<JitInstruction> Instructions)
{
    /// <summary>Multiplications of vectors.</summary>
    public int Multiplications => Instructions.Count(instruction => instruction.IsMultiplication);

    /// <summary>Vectors that go to the stack or come from it.</summary>
    public int Spills => Instructions.Count(instruction => instruction.IsSpill);

    /// <summary>Calls.</summary>
    public int Calls => Instructions.Count(instruction => instruction.IsCall);
}
