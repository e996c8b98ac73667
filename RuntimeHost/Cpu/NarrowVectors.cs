using System.Runtime;
using System.Runtime.Intrinsics.X86;

namespace KernelGen.Cpu;

/// <summary>Why kernels run with narrower vectors than the processor may have, and what to do about it.</summary>
/// <param name="IsX64">The process runs on x64, whose vectors depend on the processor and on how the program was compiled.</param>
/// <param name="IsWide">The process uses AVX2 and FMA.</param>
/// <param name="ProcessorIsWide">The processor has AVX2 and FMA, whether the process uses them or not.</param>
/// <param name="IsCompiledAhead">The program was compiled ahead of time, when its instruction sets were settled.</param>
internal sealed record NarrowVectors(bool IsX64, bool IsWide, bool ProcessorIsWide, bool IsCompiledAhead)
{
    private const string Cost = "kernels run several times slower";

    /// <summary>This process.</summary>
    public static NarrowVectors Current { get; } = new(
        X86Base.X64.IsSupported,
        CpuCapabilities.IsSupported(CpuVectorPath.Avx2),
        CpuCapabilities.IsSupported(CpuVectorPath.Avx2) || (X86Base.IsSupported && AsksProcessor()),
        // The runtime compiles a few methods of every program; one that was compiled ahead of time has no compiler.
        JitInfo.GetCompiledMethodCount() == 0);

    /// <summary>The reason in a sentence or two; null when there is none.</summary>
    public string? Advice => this switch
    {
        { IsX64: false } or { IsWide: true } => null,
        { ProcessorIsWide: false } => $"The processor shows no AVX2 with FMA: {Cost}.",
        { IsCompiledAhead: true } =>
            $"The program was compiled ahead of time for 128-bit vectors without FMA, although the processor has AVX2: {Cost}. " +
            "Publish with <IlcInstructionSet>x86-64-v3</IlcInstructionSet>.",
        _ => $"AVX2 is switched off, although the processor has it: {Cost}. Remove the setting, such as DOTNET_EnableAVX2=0 or "
            + "DOTNET_EnableHWIntrinsic=0.",
    };

    // What IsSupported of the instruction sets says was decided by the compiler, which need not have known the processor.
    private static bool AsksProcessor()
    {
        const int Fma = 1 << 12, SavedBySystem = 1 << 27, Avx = 1 << 28, Avx2 = 1 << 5;
        if (X86Base.CpuId(0, 0).Eax < 7)
        {
            return false;
        }

        int first = X86Base.CpuId(1, 0).Ecx;
        return (first & (Fma | SavedBySystem | Avx)) == (Fma | SavedBySystem | Avx) && (X86Base.CpuId(7, 0).Ebx & Avx2) != 0;
    }
}
