namespace KernelGen.Lab.Sass;

/// <summary>The rules for the mainloop of every kernel.</summary>
public static class MainloopRules
{
    private const int BesideOtherUnits = 4;
    private const int WithMasks = 12;

    /// <summary>
    /// Loads and stores of local memory that a mainloop may have once round: none where issuing instructions is what bounds it; where a
    /// unit does, mostly the tensor cores, a few hide beside it. Those that a mainloop bound by loads and stores has are part of its bound.
    /// A kernel for calls with masks has no loop of plain tiles: each tile waits for elements of its mask, beside which more of them hide.
    /// </summary>
    public static int MostLocalAccesses(SassFunction function, Mainloop mainloop)
    {
        if (function.TakesMasks)
            return WithMasks;

        if (mainloop.Clocks.Bound == ExecutionUnit.Issue)
            return 0;

        // Head dim 80 needs 255 registers and some on 12.0, where a product takes four times as long as it takes to issue it.
        bool tight = function.ComputeCapability == 120 && function.Name.Contains("_d80_", StringComparison.Ordinal);
        return tight ? 12 : BesideOtherUnits;
    }

    /// <summary>The rules that a function breaks, a line each.</summary>
    /// <param name="mainloop">Its mainloop, if it has one.</param>
    public static IEnumerable<string> Broken(SassFunction function, Mainloop? mainloop)
    {
        if (mainloop is null)
            yield break;

        string name = Invariant($"{function.Name} on {function.ComputeCapability}");
        int most = MostLocalAccesses(function, mainloop);
        if (mainloop.LocalAccesses > most)
        {
            yield return Invariant(
                $"{name}: {mainloop.LocalAccesses} local accesses once round a mainloop bound by {mainloop.Clocks.Bound}; {most} may be");
        }

        if (mainloop.IsSerialized)
            yield return Invariant($"{name}: {mainloop.ProductWaits} waits for {mainloop.Products} products");
    }
}
