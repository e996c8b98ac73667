using KernelGen.Cuda;

namespace KernelGen.CommandLine.Doctor;

/// <summary>CUDA: driver, GPUs, run-time compiler and the cache of compiled kernels; what is missing and how to get it.</summary>
internal static class CudaSection
{
    /// <summary>Looks.</summary>
    public static DoctorSection Examine(AttentionHost host)
    {
        CudaReport report = CudaReport.Create();
        List<(string, string)> facts = [("driver", report.Driver ?? "none"), ("NVRTC", report.Compiler ?? "none")];
        for (int ordinal = 0; ordinal < report.Devices.Count; ordinal++)
            facts.Add((Invariant($"GPU {ordinal}"), report.Devices[ordinal]));
        if (report.Devices.Count == 0)
            facts.Add(("GPU", "none"));
        facts.Add(("compiled in advance", report.PrecompiledKernels ?? "none"));
        facts.Add(("compiled kernels", report.Cache));
        return new("CUDA", facts, [.. report.Faults.Select(fault => fault.Replace("\n", "\n    ", StringComparison.Ordinal))]);
    }
}
