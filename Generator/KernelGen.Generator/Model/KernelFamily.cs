namespace KernelGen.Generator.Model;

/// <summary>The generator's view of <c>KernelGen.Kernels.KernelFamily</c>; same names, same values.</summary>
internal enum KernelFamily
{
    Materialized,
    Streaming,
}
