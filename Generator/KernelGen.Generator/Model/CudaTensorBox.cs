namespace KernelGen.Generator.Model;

/// <summary>The generator's view of <c>KernelGen.Kernels.CudaTensorBox</c>: what a tensor copy of a stage takes at a time.</summary>
/// <param name="Dims">Elements of the head dim: 16, 32 or 64.</param>
/// <param name="Rows">Rows.</param>
internal readonly record struct CudaTensorBox(int Dims, int Rows);
