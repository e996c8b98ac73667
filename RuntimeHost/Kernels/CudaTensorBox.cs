#if KERNELGEN_GENERATOR
namespace KernelGen.Generator.Model;
#else
namespace KernelGen.Kernels;
#endif

/// <summary>
/// What a kernel copies at a time of Q, K or V by a tensor copy (TMA): a box of the tensor's rows, swizzled over its own width.
/// </summary>
/// <param name="Dims">Elements of the head dim: 16, 32 or 64 of two bytes, which is a swizzle of 32, 64 or 128 bytes.</param>
/// <param name="Rows">Rows: 8 to 256.</param>
#if KERNELGEN_GENERATOR
internal
#else
public
#endif
readonly record struct CudaTensorBox(int Dims, int Rows);
