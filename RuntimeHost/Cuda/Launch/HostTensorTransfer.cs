using KernelGen.Cuda.Interop;
using KernelGen.Cuda.Memory;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Cuda.Launch;

/// <summary>Copies of the tensors of one call in device memory, for callers whose tensors are in host memory.</summary>
internal sealed unsafe class HostTensorTransfer : IDisposable
{
    private readonly List<DeviceBuffer> _buffers = [];
    private readonly List<(DeviceBuffer Buffer, nint Host)> _results = [];
    private readonly CudaDriver _driver;
    private readonly SliceLauncher _launcher;
    private readonly SlicePlan _plan;
    private readonly nint _stream;
    private KernelArguments _arguments;

    /// <summary>Allocates and uploads.</summary>
    /// <param name="driver">The driver; the context must be current.</param>
    /// <param name="launcher">Gives back workspaces when memory is short.</param>
    /// <param name="plan">What will run.</param>
    /// <param name="host">The call with host addresses. They must stay where they are until this is disposed.</param>
    /// <param name="stream">The stream.</param>
    /// <exception cref="AttentionMemoryException">The tensors do not fit into device memory.</exception>
    /// <exception cref="CudaException">A copy failed.</exception>
    public HostTensorTransfer(CudaDriver driver, SliceLauncher launcher, SlicePlan plan, in KernelArguments host, nint stream)
    {
        (_driver, _launcher, _plan, _stream, _arguments) = (driver, launcher, plan, stream, host);
        AttentionShape shape = plan.Shape;
        int size = plan.ElementType.SizeInBytes();
        int maskSize = host.MaskKind == (int)MaskKind.Additive ? sizeof(float) : 1;
        try
        {
            _arguments.Query = Input(host.Query, size * host.QueryStrides.Extent(shape.Batch, shape.Heads, shape.Queries, shape.HeadDim));
            _arguments.Key = Input(host.Key, size * host.KeyStrides.Extent(shape.Batch, shape.KeyValueHeads, shape.Keys, shape.HeadDim));
            _arguments.Value =
                Input(host.Value, size * host.ValueStrides.Extent(shape.Batch, shape.KeyValueHeads, shape.Keys, shape.HeadDim));
            _arguments.Mask = Input(host.Mask, host.Mask == 0 ? 0 : maskSize * MaskElements(shape, host.MaskStrides));

            // The output is uploaded too where strides leave gaps in it: what lies between its rows belongs to the caller.
            long outputElements = host.OutputStrides.Extent(shape.Batch, shape.Heads, shape.Queries, shape.HeadDim);
            _arguments.Output = Result(host.Output, size * outputElements, keep: outputElements != shape.QueryElements);
            _arguments.Map = Result(host.Map, host.Map == 0 ? 0 : sizeof(float) * shape.ScoreElements, keep: false);
            _arguments.LogSumExp =
                Result(host.LogSumExp, host.LogSumExp == 0 ? 0 : sizeof(float) * (long)shape.TotalHeads * shape.Queries, keep: false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The call with device addresses.</summary>
    public KernelArguments DeviceArguments => _arguments;

    /// <summary>Copies the results back, in stream order.</summary>
    public void Download()
    {
        foreach ((DeviceBuffer buffer, nint host) in _results)
        {
            buffer.Download(host, buffer.Bytes, _stream);
        }
    }

    /// <summary>Waits for the stream, which may still copy from or to host memory if something has failed, and frees the copies.</summary>
    public void Dispose()
    {
        _ = _driver.StreamSynchronize(_stream);
        foreach (DeviceBuffer buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    private static long MaskElements(in AttentionShape shape, in MaskStrides strides) => shape.Queries == 0 || shape.Keys == 0
        ? 0
        : 1 + ((shape.Batch - 1) * strides.Batch) + ((shape.Heads - 1) * strides.Head)
            + ((shape.Queries - 1) * strides.Query) + ((shape.Keys - 1) * strides.Key);

    private nint Input(nint host, long bytes)
    {
        DeviceBuffer buffer = Allocate(bytes);
        buffer.Upload(host, bytes, _stream);
        return buffer.Address;
    }

    private nint Result(nint host, long bytes, bool keep)
    {
        DeviceBuffer buffer = Allocate(bytes);
        if (keep)
        {
            buffer.Upload(host, bytes, _stream);
        }

        _results.Add((buffer, host));
        return buffer.Address;
    }

    private DeviceBuffer Allocate(long bytes)
    {
        DeviceBuffer buffer;
        try
        {
            buffer = new(_driver, bytes);
        }
        catch (CudaException fault) when (fault.IsOutOfMemory)
        {
            _launcher.Trim();
            buffer = AllocateOrRefuse(bytes);
        }

        _buffers.Add(buffer);
        return buffer;
    }

    private DeviceBuffer AllocateOrRefuse(long bytes)
    {
        try
        {
            return new(_driver, bytes);
        }
        catch (CudaException fault) when (fault.IsOutOfMemory)
        {
            throw MemoryFault.ForTensors(_plan, bytes, fault);
        }
    }
}
