using KernelGen.Cuda.Interop;
using KernelGen.Cuda.Memory;
using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Cuda.Launch;

/// <summary>
/// Launches the stages of a kernel on one slice: no synchronisation, no boxing, and no allocation once a stream's workspace is there.
/// </summary>
internal sealed unsafe class SliceLauncher(CudaDriver driver, CudaDeviceLimits limits) : IDisposable
{
    // Held while a workspace is rented and the stages that use it are launched: two threads that launch on one stream must not take turns
    // stage by stage, and neither may free, to grow it, a workspace that the other has rented but not yet launched on.
    private readonly Lock _gate = new();
    private readonly WorkspacePool _workspaces = new(driver);
    private readonly TensorMaps _tensorMaps = new(driver);

    /// <summary>Bytes of workspace that are kept for streams.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_gate)
            {
                return _workspaces.HeldBytes;
            }
        }
    }

    /// <summary>Launches, in stream order.</summary>
    /// <param name="kernel">The loaded kernel.</param>
    /// <param name="plan">The plan; its shape is that of the tensors.</param>
    /// <param name="arguments">The call, with the slice filled in; without a workspace when the stream's own is to be used.</param>
    /// <param name="workspaceBytes">Bytes of workspace.</param>
    /// <param name="stream">The stream.</param>
    /// <exception cref="ArgumentException">A stage has more tiles than a launch can count.</exception>
    /// <exception cref="CudaException">A workspace cannot be had, or a launch failed.</exception>
    public void Launch(LoadedKernel kernel, SlicePlan plan, in KernelArguments arguments, long workspaceBytes, nint stream)
    {
        KernelArguments copy = arguments;
        byte* maps = stackalloc byte[(TensorMaps.MostMaps * TensorMaps.MapBytes) + 64];
        maps = (byte*)(((nuint)maps + 63) / 64 * 64);
        void** parameters = stackalloc void*[2] { &copy, maps };

        lock (_gate)
        {
            if (copy.Scores == 0)
            {
                copy.Scores = _workspaces.Rent(stream, workspaceBytes);
            }

            int splits = Math.Max(copy.KeySplits, 1);
            foreach (LoadedStage loaded in kernel.Stages)
            {
                CudaStage stage = loaded.Stage;
                if (stage.MergesKeySplits && splits == 1)
                {
                    continue;
                }

                if (stage.TensorBoxes.Count > 0)
                {
                    _tensorMaps.Write(maps, stage, plan.ElementType, plan.Shape, copy);
                }

                LaunchGrid grid = LaunchGrid.Of(stage, limits, copy.HeadCount, copy.RowCount, splits);
                int result = driver.LaunchKernel(
                    loaded.Function, grid.Width, grid.Height, 1, (uint)stage.Threads, 1, 1, (uint)stage.SharedBytes, stream, parameters,
                    null);
                if (result != (int)CudaResult.Success)
                {
                    throw driver.Fault(result, $"cuLaunchKernel of {stage.EntryPoint}");
                }
            }
        }
    }

    /// <summary>Forgets the tensor maps. Workspaces are given back by <see cref="Trim"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _tensorMaps.Dispose();
        }
    }

    /// <summary>Waits until all work of a stream is done.</summary>
    /// <exception cref="CudaException">The work failed.</exception>
    public void Wait(nint stream) => driver.Check(driver.StreamSynchronize(stream), "cuStreamSynchronize");

    /// <summary>Gives back the workspace of a stream.</summary>
    public void Forget(nint stream)
    {
        lock (_gate)
        {
            _workspaces.Forget(stream);
        }
    }

    /// <summary>Gives all workspaces back.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            _workspaces.Trim();
        }
    }
}
