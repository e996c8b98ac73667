#if KERNELGEN_GENERATOR
namespace KernelGen.Generator.Model;
#else
namespace KernelGen.Kernels;
#endif

/// <summary>The treatment of the score matrix by a kernel.</summary>
#if KERNELGEN_GENERATOR
internal
#else
public
#endif
enum KernelFamily
{
    /// <summary>
    /// The scores of a slice live in a workspace: the classic sliced attention, and the only family that can hand out attention maps.
    /// </summary>
    Materialized,

    /// <summary>Online softmax: scores never leave the core, the workspace does not grow with the number of keys.</summary>
    Streaming,
}
