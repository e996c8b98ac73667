namespace KernelGen.Cuda;

/// <summary>The origin of a compiled kernel.</summary>
public enum KernelOrigin
{
    /// <summary>The compiler, in this process.</summary>
    Compiler,

    /// <summary>The cubin cache: compiled by an earlier process of this machine.</summary>
    Cache,

    /// <summary>The folder of kernels compiled in advance.</summary>
    Folder,
}
