using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.RuntimeHost.Tests.Reference;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>An fp32 call whose tensors are in device memory.</summary>
internal sealed class DeviceCall : IDisposable
{
    private readonly CudaDevice _device;
    private readonly List<DeviceTensor<float>> _tensors = [];
    private readonly DeviceTensor<float> _output;

    public DeviceCall(CudaDevice device, AttentionCall call, long? freeBytes = null)
    {
        _device = device;
        try
        {
            DeviceTensor<float> query = Upload(call.Query), key = Upload(call.Key), value = Upload(call.Value);
            _output = Upload(new float[call.Shape.QueryElements]);
            Host = CudaTest.Host(device, freeBytes);
            Plan = Host.Plan<float>(CudaTestAttention.Of(KernelTarget.Simt), call.Shape, call.Planning);
            Arguments = AttentionHost.CreateArguments(Plan, call.Options) with
            {
                Query = query.Address,
                Key = key.Address,
                Value = value.Address,
                Output = _output.Address,
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The host that made the plan. Disposing it would dispose the device.</summary>
    public AttentionHost Host { get; }

    public SlicePlan Plan { get; }

    public KernelArguments Arguments { get; }

    public void Launch(nint stream) => _device.Launch(Plan, Arguments, stream);

    public float[] Output(nint stream)
    {
        float[] output = new float[_output.Length];
        _output.Download(output, stream);
        return output;
    }

    public void Dispose() => _tensors.ForEach(tensor => tensor.Dispose());

    private DeviceTensor<float> Upload(float[] elements)
    {
        DeviceTensor<float> tensor = _device.Allocate<float>(elements.Length);
        _tensors.Add(tensor);
        tensor.Upload(elements);
        return tensor;
    }
}
