#if KERNELGEN_GENERATOR
namespace KernelGen.Generator.Model;
#else
namespace KernelGen.Kernels;
#endif

/// <summary>The unit that multiplies in a kernel.</summary>
#if KERNELGEN_GENERATOR
internal
#else
public
#endif
enum ProductUnit
{
    /// <summary>The vectors of a CPU, or the ordinary cores of a GPU.</summary>
    MultiplyAdds,

    /// <summary>Tensor cores, with products of a warp (<c>mma.sync</c>).</summary>
    WarpProducts,

    /// <summary>Tensor cores of compute capability 9.0, with products of a warpgroup (<c>wgmma</c>).</summary>
    WarpgroupProducts,
}
