namespace KernelGen.Generator.Model;

/// <summary>The generator's view of <c>KernelGen.Kernels.KernelTarget</c>; same names, same values.</summary>
internal enum KernelTarget
{
    Cpu,
    Simt,
    Sm80,
    Sm90a,
}
