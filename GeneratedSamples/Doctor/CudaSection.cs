namespace KernelGen.Samples.Doctor;

/// <summary>CUDA: what of it this version has.</summary>
internal static class CudaSection
{
    /// <summary>Says what there is.</summary>
    public static DoctorSection Examine(AttentionHost host) => new(
        "CUDA",
        [("CUDA host", "not built into this version; CUDA C sources are generated and can be inspected with kernels --show")],
        []);
}
