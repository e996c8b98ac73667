namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>A part of a worker's scratch memory.</summary>
/// <param name="Name">The template variable of its place, such as <c>queries_at</c>.</param>
/// <param name="At">Where it begins, in bytes.</param>
internal sealed record ScratchPart(string Name, int At, int Floats);
