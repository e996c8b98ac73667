using System.Text;
using KernelGen.Cuda;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;
using ManagedCuda.NVRTC;

namespace KernelGen.ManagedCudaInterop;

/// <summary>Compiles with ManagedCuda's NVRTC instead of our own binding.</summary>
internal sealed class ManagedCudaCompiler : IKernelCompiler
{
    private const string LanguageOption = "--std=c++17";

    /// <inheritdoc/>
    public string Identity { get; } = $"ManagedCuda nvrtc {CudaRuntimeCompiler.GetVersion()} {LanguageOption}";

    /// <inheritdoc/>
    public string ArchitectureFor(int computeCapability)
    {
        int[] known = CudaRuntimeCompiler.GetSupportedArchs();
        int newest = known.Where(architecture => architecture <= computeCapability).DefaultIfEmpty().Max();
        return newest == 0
            ? throw new DeviceNotUsableException(
                Invariant($"NVRTC {CudaRuntimeCompiler.GetVersion()} makes no code for compute capability ")
                    + Invariant($"{computeCapability / 10}.{computeCapability % 10}."))
            : Invariant($"{(newest == computeCapability ? "sm" : "compute")}_{newest}");
    }

    /// <inheritdoc/>
    public KernelImage Compile(SpecializedKernel kernel, string architecture)
    {
        KernelVariant variant = kernel.Variant;
        ArgumentNullException.ThrowIfNull(architecture);
        CudaKernelSource source = variant.Cuda ?? throw new ArgumentException($"{variant.Id} is not a CUDA variant.", nameof(variant));
        using CudaRuntimeCompiler compiler = new(
            Encoding.UTF8.GetString(source.Text()),
            variant.Id + ".cu",
            [.. source.Headers.Select(header => Encoding.UTF8.GetString(header.Text()))],
            [.. source.Headers.Select(header => header.Name)]);
        try
        {
            compiler.Compile(
            [
                "--gpu-architecture=" + architecture, LanguageOption,
                .. kernel.Specialization.Macros.Select(macro => "--define-macro=" + macro),
            ]);
        }
        catch (NVRTCException fault)
        {
            throw new KernelCompilationException(kernel.Name, fault.Message, compiler.GetLogAsString());
        }

        return architecture.StartsWith("sm_", StringComparison.Ordinal)
            ? new(KernelImageKind.Cubin, compiler.GetCubin())
            : new(KernelImageKind.Ptx, compiler.GetPTX());
    }
}
