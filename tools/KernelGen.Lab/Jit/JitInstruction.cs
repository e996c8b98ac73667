using System.Text.RegularExpressions;

namespace KernelGen.Lab.Jit;

/// <summary>An x64 instruction, as the JIT lists it.</summary>
/// <param name="Mnemonic">Such as <c>vfmadd231ps</c>.</param>
/// <param name="Operands">As listed, such as <c>zmm2, zmm1, zmmword ptr [rdi]</c>.</param>
public sealed partial record JitInstruction(string Mnemonic, string Operands)
{
    /// <summary>The label that it jumps to; null for one that is no jump, or none within its method.</summary>
    public string? Target => Mnemonic.StartsWith('j') && Label().Match(Operands) is { Success: true } label ? label.Value : null;

    /// <summary>It leaves the method and comes back: something was not inlined.</summary>
    public bool IsCall => Mnemonic == "call";

    /// <summary>
    /// A multiplication of packed fp32 numbers, with an addition or without one: where multiply-adds are not fused, each is two
    /// instructions, of which this counts one.
    /// </summary>
    public bool IsMultiplication => Multiplication().IsMatch(Mnemonic);

    /// <summary>It moves a vector to or from the stack: a register was spilled.</summary>
    public bool IsSpill => Vector().IsMatch(Operands) && Stack().IsMatch(Operands);

    /// <inheritdoc/>
    public override string ToString() => $"{Mnemonic,-14}{Operands}".TrimEnd();

    [GeneratedRegex(@"G_M\w+")]
    private static partial Regex Label();

    [GeneratedRegex(@"^v?(mul|fn?m(add|sub)\d*)ps$")]
    private static partial Regex Multiplication();

    [GeneratedRegex(@"\b[xyz]mm\d+")]
    private static partial Regex Vector();

    [GeneratedRegex(@"\[r[sb]p")]
    private static partial Regex Stack();
}
