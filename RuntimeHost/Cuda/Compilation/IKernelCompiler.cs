using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>Compiles generated CUDA C: the seam by which another compiler can take the place of our own binding to NVRTC.</summary>
public interface IKernelCompiler
{
    /// <summary>Name, version and everything else that may change the result; part of the key of the cubin cache.</summary>
    string Identity { get; }

    /// <summary>The target, such as <c>sm_80</c>, or <c>compute_90</c> (PTX) for a GPU newer than the compiler knows.</summary>
    /// <param name="computeCapability">The GPU's, such as 80 or 90.</param>
    /// <exception cref="DeviceNotUsableException">The compiler cannot make code for this GPU.</exception>
    string ArchitectureFor(int computeCapability);

    /// <summary>Compiles a kernel, with the macros of its specialisation defined. May be called from several threads at once.</summary>
    /// <param name="kernel">A CUDA variant, and what is chosen at compile time.</param>
    /// <param name="architecture">The architecture.</param>
    /// <exception cref="KernelCompilationException">The source was refused.</exception>
    KernelImage Compile(SpecializedKernel kernel, string architecture);
}
