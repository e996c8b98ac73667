using System;

namespace KernelGen.Generator.Model;

/// <summary>The generator's view of <c>KernelGen.Kernels.ExperimentalKernels</c>; same names, same values.</summary>
[Flags]
internal enum ExperimentalKernels
{
    None = 0,
    Hopper = 1,
    HopperMulticast = 2,
}
