using KernelGen;
using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.ManagedCudaInterop;
using KernelGen.Planning;
using KernelGen.Tensors;
using ManagedCuda;
using CudaStream = ManagedCuda.CudaStream;

NativeNames.Map();

// ManagedCuda owns context, memory and stream. KernelGen takes the context that is current and borrows the rest by address.
using PrimaryContext context = new(0);
context.SetCurrent();
using CudaStream stream = new();

CudaDevice device = CudaDevice.Create(new() { Compiler = new ManagedCudaCompiler() });
using AttentionHost host = new(device, "ManagedCuda's context and compiler", new());
InteropAttention attention = new(host);

AttentionShape shape = new(batch: 2, heads: 8, queries: 4096, keys: 4096, headDim: 40);
Random random = new(1);
float[] hostQuery = Numbers(shape.QueryElements), hostKey = Numbers(shape.KeyElements), hostValue = Numbers(shape.KeyElements);
using CudaDeviceVariable<float> query = hostQuery, key = hostKey, value = hostValue;
using CudaDeviceVariable<float> output = new(shape.QueryElements);

// Planned after the tensors have taken their memory, so that the plan fits what is left.
SlicePlan plan = attention.Plan<float>(shape);
Console.WriteLine(plan);
KernelArguments arguments = AttentionHost.CreateArguments(plan) with
{
    Query = Address(query),
    Key = Address(key),
    Value = Address(value),
    Output = Address(output),
};
attention.Launch(plan, arguments, stream.Stream.Pointer);
stream.Synchronize();

float[] launched = output;
float[] run = new float[shape.QueryElements];
attention.Run<float>(plan, hostQuery, hostKey, hostValue, run);
bool same = launched.AsSpan().SequenceEqual(run);
Console.WriteLine(Invariant($"launched on ManagedCuda's stream and run by the host: {(same ? "the same bits" : "DIFFERENT")}"));
return same ? 0 : 1;

float[] Numbers(long count)
{
    float[] numbers = new float[count];
    foreach (ref float number in numbers.AsSpan())
        number = (float)((random.NextDouble() * 2) - 1);
    return numbers;
}

static nint Address(CudaDeviceVariable<float> variable) => (nint)(long)variable.DevicePointer.Pointer;
