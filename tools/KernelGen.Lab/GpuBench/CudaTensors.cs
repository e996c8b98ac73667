using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.Lab.GpuBench;

/// <summary>
/// The tensors of a shape: random ones on the host, and sets of copies on the GPU, together larger than twice its L2 cache.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed class CudaTensors<T> : IDisposable
    where T : unmanaged
{
    private const int MostSets = 64;

    private readonly List<DeviceTensor<T>> _tensors = [];
    private readonly List<(nint Query, nint Key, nint Value, nint Output)> _addresses = [];

    /// <summary>Makes and uploads them.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="device">The GPU.</param>
    /// <param name="withSets">One set is enough when nothing is timed.</param>
    public CudaTensors(AttentionShape shape, CudaDevice device, bool withSets)
    {
        T[] query = [], key = [], value = [];
        Parallel.Invoke(
            () => query = RandomTensors.Normal<T>(shape.QueryElements, 1),
            () => key = RandomTensors.Normal<T>(shape.KeyElements, 2),
            () => value = RandomTensors.Normal<T>(shape.KeyElements, 3));
        (Query, Key, Value) = (query, key, value);
        long bytes = shape.TensorBytes(ElementTypeExtensions.Of<T>());
        long affordable = device.MeasureBudget().FreeBytes / 4 / bytes;
        int count = withSets ? (int)Math.Clamp((2L * device.Limits.L2Bytes / bytes) + 2, 1, Math.Clamp(affordable, 1, MostSets)) : 1;
        try
        {
            for (int set = 0; set < count; set++)
            {
                DeviceTensor<T> output = Add(device, shape.QueryElements);
                _addresses.Add((Add(device, query).Address, Add(device, key).Address, Add(device, value).Address, output.Address));
                FirstOutput ??= output;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Q on the host.</summary>
    public T[] Query { get; }

    /// <summary>K on the host.</summary>
    public T[] Key { get; }

    /// <summary>V on the host.</summary>
    public T[] Value { get; }

    /// <summary>Sets on the GPU.</summary>
    public int Sets => _addresses.Count;

    /// <summary>The output of the first set.</summary>
    public DeviceTensor<T> FirstOutput { get; } = null!;

    /// <summary>The arguments with the addresses of a set.</summary>
    public KernelArguments Fill(KernelArguments arguments, int set)
    {
        (arguments.Query, arguments.Key, arguments.Value, arguments.Output) = _addresses[set];
        return arguments;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DeviceTensor<T> tensor in _tensors)
            tensor.Dispose();
    }

    private DeviceTensor<T> Add(CudaDevice device, long elements)
    {
        DeviceTensor<T> tensor = device.Allocate<T>(elements);
        _tensors.Add(tensor);
        return tensor;
    }

    private DeviceTensor<T> Add(CudaDevice device, T[] content)
    {
        DeviceTensor<T> tensor = Add(device, content.Length);
        tensor.Upload(content);
        return tensor;
    }
}
