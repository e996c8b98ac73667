using KernelGen.Cuda.Interop;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Launch;

/// <summary>Launches the stages of a kernel on one slice: no allocation, no synchronisation, no boxing.</summary>
internal sealed unsafe class SliceLauncher(CudaDriver driver, CudaDeviceLimits limits)
{
    /// <summary>Launches, in stream order.</summary>
    /// <param name="kernel">The loaded kernel.</param>
    /// <param name="arguments">The call, with the slice filled in.</param>
    /// <param name="stream">The stream.</param>
    public void Launch(LoadedKernel kernel, in KernelArguments arguments, nint stream)
    {
        KernelArguments copy = arguments;
        void* parameter = &copy;
        foreach (LoadedStage loaded in kernel.Stages)
        {
            CudaStage stage = loaded.Stage;
            uint width = (uint)((arguments.RowCount + stage.RowsPerBlock - 1) / stage.RowsPerBlock);

            // Kernels step over heads by the grid's height, so a device limit only folds the grid.
            uint height = (uint)Math.Min(arguments.HeadCount, limits.GridHeight);
            int result = driver.LaunchKernel(
                loaded.Function, width, height, 1, (uint)stage.Threads, 1, 1, (uint)stage.SharedBytes, stream, &parameter, null);
            if (result != (int)CudaResult.Success)
            {
                throw driver.Fault(result, $"cuLaunchKernel of {stage.EntryPoint}");
            }
        }
    }
}
