namespace KernelGen.Planning.Policies;

/// <summary>
/// InvokeAI's rule for a budget in MiB: a power-of-two divisor, strictly above the ratio of score bytes to budget, taken from the heads
/// where there are as many, else from the rows, of which at least one is left.
/// </summary>
internal abstract class TensorMemoryPolicy : PresetPolicy
{
    private const int Mebibyte = 1 << 20;

    private protected TensorMemoryPolicy(string name, string summary)
        : base(name, summary)
    {
    }

    /// <summary>Slices for a budget.</summary>
    /// <param name="input">The numbers.</param>
    /// <param name="budgetMebibytes">The budget in MiB, a fraction included.</param>
    /// <param name="safetyFactor">The factor that is in it already.</param>
    private protected static PolicyDecision Cut(in PolicyInput input, double budgetMebibytes, double safetyFactor)
    {
        Int128 sizeMebibytes = input.ScoreBytes / Mebibyte;
        if ((double)sizeMebibytes <= budgetMebibytes)
            return Slices(input, 1, input.TotalHeads, input.Queries, input.Keys, 1, safetyFactor, input.ScoreBytes);

        if (budgetMebibytes <= 0)
            return Fail(PolicyFailure.NoFreeMemory, 0, 1, safetyFactor, input.ScoreBytes);

        // 2 to the number of bits of the whole part: 1 when the size is over the budget by less than 1 MiB, 2 for 1.0x, 4 for 2.
        double ratio = (double)(sizeMebibytes - 1) / budgetMebibytes;
        long divisor = ratio < 1 ? 1 : Math.ScaleB(1, Math.ILogB(ratio) + 1) is var power
            && power < PowerOfTwoSteps.Saturated ? (long)power : PowerOfTwoSteps.Saturated;
        return divisor <= input.TotalHeads
            ? Slices(input, divisor, (int)(input.TotalHeads / divisor), input.Queries, input.Keys, 1, safetyFactor, input.ScoreBytes)
            : Slices(input, divisor, input.TotalHeads, (int)Math.Max(input.Queries / divisor, 1), input.Keys, 1, safetyFactor,
                input.ScoreBytes);
    }
}
