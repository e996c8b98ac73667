namespace KernelGen.Kernels;

/// <summary>A part that several CUDA sources include, handed to the run-time compiler as a named header.</summary>
/// <param name="Name">The name in the <c>#include</c> line.</param>
/// <param name="Text">Its text.</param>
public sealed record CudaHeader(string Name, KernelText Text);
