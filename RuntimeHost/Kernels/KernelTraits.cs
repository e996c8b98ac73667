#if KERNELGEN_GENERATOR
namespace KernelGen.Generator.Model;
#else
namespace KernelGen.Kernels;
#endif

/// <summary>
/// What a prediction of a variant's time needs to know of it, beside its footprint and its launches. The generator emits it with every
/// variant.
/// </summary>
/// <param name="Products">What multiplies.</param>
/// <param name="ScorePasses">
/// How often a score, or the probability that it becomes, goes to or comes from memory: 3 for a kernel that writes scores, reads them for
/// the softmax and for <c>P V</c>; 2 for one that writes probabilities; 0 for <c>streaming</c>.
/// </param>
/// <param name="SplitsFloat32">Its fp32 products are emulated with two fp16 terms (22-bit mantissa) on tensor cores.</param>
#if KERNELGEN_GENERATOR
internal
#else
public
#endif
readonly record struct KernelTraits(ProductUnit Products, int ScorePasses = 0, bool SplitsFloat32 = false);
