namespace KernelGen;

/// <summary>The kind of device that kernels run on.</summary>
public enum DeviceKind
{
    /// <summary>On a GPU when one can be used, and on the CPU otherwise.</summary>
    Auto,

    /// <summary>On the CPU.</summary>
    Cpu,

    /// <summary>On a GPU, or nowhere.</summary>
    Cuda,
}
