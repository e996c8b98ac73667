namespace KernelGen.Cuda.Interop;

/// <summary>The values of <c>CUdevice_attribute</c> that are read.</summary>
internal enum CudaDeviceAttribute
{
    /// <summary>Most threads of a block.</summary>
    MaxThreadsPerBlock = 1,

    /// <summary>Largest y dimension of a grid.</summary>
    MaxGridDimY = 6,

    /// <summary>Core clock in kHz.</summary>
    ClockRate = 13,

    /// <summary>Streaming multiprocessors.</summary>
    MultiprocessorCount = 16,

    /// <summary>1 when the device shares memory with the host.</summary>
    Integrated = 18,

    /// <summary>Memory clock in kHz.</summary>
    MemoryClockRate = 36,

    /// <summary>Width of the memory bus in bits.</summary>
    GlobalMemoryBusWidth = 37,

    /// <summary>Bytes of the L2 cache.</summary>
    L2CacheSize = 38,

    /// <summary>Major compute capability.</summary>
    ComputeCapabilityMajor = 75,

    /// <summary>Minor compute capability.</summary>
    ComputeCapabilityMinor = 76,

    /// <summary>Most shared memory of a block that a kernel can opt in to.</summary>
    MaxSharedMemoryPerBlockOptIn = 97,
}
