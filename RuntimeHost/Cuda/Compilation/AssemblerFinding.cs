namespace KernelGen.Cuda.Compilation;

/// <summary>A warning of the assembler that code is slower than it should be.</summary>
/// <param name="Code">Its number, such as <c>C7510</c>, which stays the same where words differ between versions.</param>
/// <param name="Function">The function that it speaks of.</param>
/// <param name="Text">Its words.</param>
internal sealed record AssemblerFinding(string Code, string Function, string Text)
{
    /// <summary>The code of registers that were spilled, which has no number.</summary>
    public const string Spill = "spill";
}
