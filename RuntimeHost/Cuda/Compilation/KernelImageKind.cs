namespace KernelGen.Cuda.Compilation;

/// <summary>The kind of a kernel's image.</summary>
public enum KernelImageKind
{
    /// <summary>Machine code for exactly one architecture.</summary>
    Cubin,

    /// <summary>PTX, which the driver compiles for a GPU that is newer than the compiler.</summary>
    Ptx,
}
