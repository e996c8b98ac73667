using System.Buffers.Binary;
using KernelGen.Cuda.Interop;
using KernelGen.Cuda.Memory;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;
using KernelGen.Tuning;

namespace KernelGen.Cuda;

/// <summary>Tensors of a call on a GPU, filled with random numbers: on zeros a GPU draws less power and clocks higher.</summary>
internal sealed unsafe class CudaTimedTensors : ITimedTensors
{
    /// <summary>Random elements that are copied again and again.</summary>
    private const int RandomElements = 1 << 18;

    private readonly CudaDevice _device;
    private readonly CudaDriver _driver;
    private readonly CudaContext _context;
    private readonly List<DeviceBuffer> _buffers = [];
    private readonly CudaStream _stream;
    private readonly CudaEvent _first;
    private readonly CudaEvent _last;

    /// <summary>Allocates and fills them.</summary>
    public CudaTimedTensors(CudaDevice device, CudaDriver driver, CudaContext context, in AttentionShape shape, ElementType elementType)
    {
        (_device, _driver, _context) = (device, driver, context.Share());
        try
        {
            _stream = device.CreateStream();
            _first = device.CreateEvent();
            _last = device.CreateEvent();
            Fill(shape, elementType);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public TimeSpan Time(SlicePlan plan, bool causal, int calls)
    {
        KernelArguments arguments = ArgumentBinder.Bind(plan, new AttentionOptions { Causal = causal });
        (arguments.Query, arguments.Key, arguments.Value, arguments.Output) =
            (_buffers[0].Address, _buffers[1].Address, _buffers[2].Address, _buffers[3].Address);
        _first.Record(_stream.Handle);
        for (int call = 0; call < calls; call++)
            _device.Launch(plan, arguments, _stream.Handle);

        _last.Record(_stream.Handle);
        return _last.ElapsedSince(_first);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // None of them is there when making the first one failed.
        _first?.Dispose();
        _last?.Dispose();
        _stream?.Dispose();
        if (_context.TryEnter(out CudaContext.Scope scope) == (int)CudaResult.Success)
        {
            using (scope)
            {
                foreach (DeviceBuffer buffer in _buffers)
                    buffer.Dispose();
            }
        }

        _buffers.Clear();
        _context.Release();
    }

    private void Fill(in AttentionShape shape, ElementType elementType)
    {
        using CudaContext.Scope scope = _context.Enter();
        byte[] random = RandomBytes(elementType);
        foreach (long elements in (ReadOnlySpan<long>)[shape.QueryElements, shape.KeyElements, shape.KeyElements])
            Fill(Allocate(elements * elementType.SizeInBytes()), random);

        Allocate(shape.QueryElements * elementType.SizeInBytes());
    }

    private DeviceBuffer Allocate(long bytes)
    {
        DeviceBuffer buffer = new(_driver, bytes);
        _buffers.Add(buffer);
        return buffer;
    }

    private void Fill(DeviceBuffer buffer, byte[] random)
    {
        fixed (byte* first = random)
        {
            for (long begin = 0; begin < buffer.Bytes; begin += random.Length)
            {
                nuint count = (nuint)Math.Min(random.Length, buffer.Bytes - begin);
                _driver.Check(_driver.MemcpyHtoDAsync(buffer.Address + (nint)begin, first, count, _stream.Handle), "cuMemcpyHtoDAsync");
            }

            // The copies read from memory that is only held here.
            _stream.Synchronize();
        }
    }

    // Numbers between -1 and 1: scores stay small, as they are behind a layer norm.
    private static byte[] RandomBytes(ElementType elementType)
    {
        Random random = new(1);
        byte[] bytes = new byte[RandomElements * elementType.SizeInBytes()];
        for (int i = 0; i < RandomElements; i++)
        {
            float value = (2 * random.NextSingle()) - 1;
            Span<byte> element = bytes.AsSpan(i * elementType.SizeInBytes());
            switch (elementType)
            {
                case ElementType.Float16:
                    BinaryPrimitives.WriteHalfLittleEndian(element, (Half)value);
                    break;
                case ElementType.BFloat16:
                    BinaryPrimitives.WriteUInt16LittleEndian(element, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
                    break;
                default:
                    BinaryPrimitives.WriteSingleLittleEndian(element, value);
                    break;
            }
        }

        return bytes;
    }
}
