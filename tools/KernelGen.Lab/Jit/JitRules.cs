namespace KernelGen.Lab.Jit;

/// <summary>The rules for the inner loops of every micro-kernel.</summary>
public static class JitRules
{
    /// <summary>
    /// The rules that a method breaks, a line each. In a loop that multiplies vectors no vector may go by the stack, since what is held in
    /// registers decides the size of a tile; and nothing may be called, since around a call all of them go by the stack. The JIT stops to
    /// inline a method's calls, without a word, when there were too many.
    /// </summary>
    /// <param name="method">The method.</param>
    public static IEnumerable<string> Broken(JitMethod method)
    {
        foreach (JitLoop loop in method.Loops.Where(loop => loop.Multiplications > 0))
        {
            string name = Invariant($"{method.Name}, loop of {loop.Instructions.Count} instructions");
            if (loop.Spills > 0)
                yield return Invariant($"{name}: {loop.Spills} vectors go by the stack");
            if (loop.Calls > 0)
                yield return Invariant($"{name}: {loop.Calls} calls");
        }
    }
}
