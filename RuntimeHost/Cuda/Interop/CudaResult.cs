namespace KernelGen.Cuda.Interop;

/// <summary>The values of <c>CUresult</c> that are acted on; every other one is only reported.</summary>
internal enum CudaResult
{
    /// <summary>CUDA_SUCCESS.</summary>
    Success = 0,

    /// <summary>CUDA_ERROR_OUT_OF_MEMORY.</summary>
    OutOfMemory = 2,
}
