using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using KernelGen.Cpu;

namespace KernelGen.CommandLine.Doctor;

/// <summary>The processor: what vectors it has, how many threads the process may use, and which kernels run on it.</summary>
internal static class CpuSection
{
    /// <summary>Looks.</summary>
    public static DoctorSection Examine(AttentionHost host)
    {
        List<(string, string)> facts =
        [
            ("processor", Processor.Description),
            ("architecture", RuntimeInformation.ProcessArchitecture.ToString()),
            ("instruction sets", InstructionSets()),
            ("vectors", VectorWidths()),
            ("threads", Invariant($"{Environment.ProcessorCount}")),
            ("kernels run on", host.Device.Name),
        ];
        return new("Processor", facts, CpuCapabilities.NarrowVectorAdvice is { } advice ? [advice] : []);
    }

    private static string VectorWidths()
    {
        (int Bits, bool Accelerated)[] widths =
        [
            (512, Vector512.IsHardwareAccelerated), (256, Vector256.IsHardwareAccelerated), (128, Vector128.IsHardwareAccelerated),
        ];
        string list = string.Join(", ", widths.Where(width => width.Accelerated).Select(width => $"{width.Bits} bits"));
        return list.Length == 0 ? "none: kernels are emulated and slow" : list;
    }

    private static string InstructionSets()
    {
        (string Name, bool Supported)[] sets =
        [
            ("SSE4.2", Sse42.IsSupported), ("AVX", Avx.IsSupported), ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported),
            ("AVX-512F", Avx512F.IsSupported), ("AVX-512BW", Avx512BW.IsSupported), ("AVX-512DQ", Avx512DQ.IsSupported),
            ("AdvSimd", AdvSimd.IsSupported),
        ];
        return string.Join(' ', sets.Where(set => set.Supported).Select(set => set.Name));
    }
}
