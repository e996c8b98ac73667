using System.Runtime.InteropServices;
using KernelGen.Cuda.Interop;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Cuda.Launch;

/// <summary>
/// Tensor maps of Q, K, V and the output for kernels that copy by TMA. A map depends on addresses and sizes alone, so the latest ones are
/// kept: a call that comes again costs no driver call and no allocation. Not safe to use from several threads at once.
/// </summary>
internal sealed unsafe class TensorMaps : IDisposable
{
    /// <summary>Bytes of a <c>CUtensorMap</c>.</summary>
    public const int MapBytes = 128;

    /// <summary>The most maps that a kernel takes: of Q, K, V and the output.</summary>
    public const int MostMaps = 4;

    /// <summary>The alignment of addresses and strides that the driver and the copies demand, in bytes.</summary>
    public const int Alignment = 16;

    private const int Axes = 4;
    private const int SlotCount = 256;
    private const int MapAlignment = 64;
    private const int ElementBytes = 2;
    private const long StrideLimit = 1L << 40;

    private readonly CudaDriver _driver;
    private readonly Key[] _keys = new Key[SlotCount];
    private byte* _maps;

    /// <summary>No maps yet.</summary>
    /// <param name="driver">The driver.</param>
    public TensorMaps(CudaDriver driver)
    {
        _driver = driver;
        _maps = (byte*)NativeMemory.AlignedAlloc(SlotCount * MapBytes, MapAlignment);
    }

    /// <summary>The first of Q, K, V and the output whose address or strides tensor copies cannot take; null when there is none.</summary>
    /// <param name="variant">The kernel; not every one writes the output by tensor copies.</param>
    /// <param name="shape">The call's sizes.</param>
    /// <param name="arguments">The call.</param>
    public static string? Unaligned(KernelVariant variant, in AttentionShape shape, in KernelArguments arguments) =>
        !Fits(arguments.Query, arguments.QueryStrides, shape.Batch, shape.Heads, shape.Queries) ? "Q"
        : !Fits(arguments.Key, arguments.KeyStrides, shape.Batch, shape.KeyValueHeads, shape.Keys) ? "K"
        : !Fits(arguments.Value, arguments.ValueStrides, shape.Batch, shape.KeyValueHeads, shape.Keys) ? "V"
        : variant.MapsOutput && !Fits(arguments.Output, arguments.OutputStrides, shape.Batch, shape.Heads, shape.Queries) ? "the output"
        : null;

    /// <summary>Writes the maps that a stage takes: of Q, K and V, and of the output if it has a box for it.</summary>
    /// <param name="target">Room for <see cref="MostMaps"/>, at a multiple of 64.</param>
    /// <param name="stage">The stage that takes them.</param>
    /// <param name="elementType">The tensors' type, of two bytes.</param>
    /// <param name="shape">The call's sizes.</param>
    /// <param name="arguments">The call, of which <see cref="Unaligned"/> finds nothing.</param>
    /// <exception cref="CudaException">The driver refused one.</exception>
    public void Write(byte* target, CudaStage stage, ElementType elementType, in AttentionShape shape, in KernelArguments arguments)
    {
        Key query =
            new(arguments.Query, arguments.QueryStrides, shape.HeadDim, shape.Queries, shape.Heads, shape.Batch, stage.TensorBoxes[0],
                elementType);

        // With zero keys K and V are never read, and cuTensorMapEncodeTiled rejects an empty tensor: encode Q instead.
        bool hasKeys = shape.Keys > 0;
        Key key =
            new(arguments.Key, arguments.KeyStrides, shape.HeadDim, shape.Keys, shape.KeyValueHeads, shape.Batch, stage.TensorBoxes[1],
                elementType);
        Key value =
            new(arguments.Value, arguments.ValueStrides, shape.HeadDim, shape.Keys, shape.KeyValueHeads, shape.Batch, stage.TensorBoxes[2],
                elementType);
        Write(target, query);
        Write(target + MapBytes, hasKeys ? key : query);
        Write(target + (2 * MapBytes), hasKeys ? value : query);
        if (stage.TensorBoxes.Count == MostMaps)
        {
            Write(
                target + (3 * MapBytes),
                new(arguments.Output, arguments.OutputStrides, shape.HeadDim, shape.Queries, shape.Heads, shape.Batch, stage.TensorBoxes[3],
                    elementType));
        }
    }

    /// <summary>Frees the maps.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_maps);
        _maps = null;
    }

    // The stride of an axis of one element means nothing.
    private static bool Fits(nint address, in TensorStrides strides, int batch, int heads, int rows) => rows == 0 || (
        address % Alignment == 0 && (rows == 1 || Fits(strides.Row)) && (heads == 1 || Fits(strides.Head))
            && (batch == 1 || Fits(strides.Batch)));

    private static bool Fits(long stride) => stride > 0 && stride < StrideLimit / ElementBytes && stride * ElementBytes % Alignment == 0;

    private void Write(byte* target, in Key key)
    {
        int slot = key.GetHashCode() & (SlotCount - 1);
        byte* map = _maps + (slot * MapBytes);
        if (_keys[slot] != key)
        {
            _keys[slot] = default;
            Encode(map, key);
            _keys[slot] = key;
        }

        NativeMemory.Copy(map, target, MapBytes);
    }

    private void Encode(byte* map, in Key key)
    {
        ulong* sizes = stackalloc ulong[Axes] { (ulong)key.HeadDim, (ulong)key.Rows, (ulong)key.Heads, (ulong)key.Batch };
        ulong* strides = stackalloc ulong[Axes - 1];
        uint* box = stackalloc uint[Axes] { (uint)key.Box.Dims, (uint)key.Box.Rows, 1, 1 };
        uint* steps = stackalloc uint[Axes] { 1, 1, 1, 1 };

        // The driver checks the stride of an axis of size 1, too: give it that of a contiguous tensor.
        strides[0] = (ulong)((key.Rows > 1 ? key.Strides.Row : key.HeadDim) * ElementBytes);
        strides[1] = key.Heads > 1 ? (ulong)(key.Strides.Head * ElementBytes) : strides[0] * sizes[1];
        strides[2] = key.Batch > 1 ? (ulong)(key.Strides.Batch * ElementBytes) : strides[1] * sizes[2];
        TensorMapDataType type = key.ElementType switch
        {
            ElementType.Float16 => TensorMapDataType.Float16,
            ElementType.BFloat16 => TensorMapDataType.BFloat16,
            ElementType.Float32 => throw new InvalidOperationException("Tensor maps are those of 16-bit elements; fp32 kernels take none."),
        };
        TensorMapSwizzle swizzle = key.Box.Dims switch
        {
            64 => TensorMapSwizzle.Bytes128,
            32 => TensorMapSwizzle.Bytes64,
            _ => TensorMapSwizzle.Bytes32,
        };
        const int noInterleave = 0;
        const int promoteTo128Bytes = 2;
        const int zerosOutside = 0;
        _driver.Check(
            _driver.TensorMapEncodeTiled(
                map, type, Axes, key.Address, sizes, strides, box, steps, noInterleave, swizzle, promoteTo128Bytes, zerosOutside),
            "cuTensorMapEncodeTiled");
    }

    private readonly record struct Key(
        nint Address, TensorStrides Strides, int HeadDim, int Rows, int Heads, int Batch, CudaTensorBox Box, ElementType ElementType);
}
