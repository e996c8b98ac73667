namespace KernelGen;

/// <summary>Where kernels run.</summary>
public enum DeviceKind
{
    /// <summary>On a GPU when one can be used, and on the CPU otherwise.</summary>
    Auto,

    /// <summary>On the CPU.</summary>
    Cpu,

    /// <summary>On a GPU, or nowhere.</summary>
    Cuda,
}
