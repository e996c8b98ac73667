namespace KernelGen.Cuda.Interop;

/// <summary>The values of <c>CUfunction_attribute</c> that are used.</summary>
internal enum CudaFunctionAttribute
{
    /// <summary>Most threads of a block that the compiled function can be launched with.</summary>
    MaxThreadsPerBlock = 0,

    /// <summary>Local memory of a thread, in bytes: what was spilled.</summary>
    LocalSizeBytes = 3,

    /// <summary>Registers of a thread.</summary>
    RegisterCount = 4,

    /// <summary>Most dynamic shared memory that a launch may ask for; may be set.</summary>
    MaxDynamicSharedSizeBytes = 8,
}
