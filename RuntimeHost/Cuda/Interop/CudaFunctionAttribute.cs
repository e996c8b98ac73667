namespace KernelGen.Cuda.Interop;

/// <summary>The values of <c>CUfunction_attribute</c> that are used.</summary>
internal enum CudaFunctionAttribute
{
    /// <summary>Statically allocated shared memory of a block, in bytes.</summary>
    SharedSizeBytes = 1,

    /// <summary>Local memory of a thread, in bytes: what was spilled.</summary>
    LocalSizeBytes = 3,

    /// <summary>Registers of a thread.</summary>
    RegisterCount = 4,

    /// <summary>Most dynamic shared memory that a launch may ask for; may be set.</summary>
    MaxDynamicSharedSizeBytes = 8,
}
