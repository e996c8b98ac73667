using System.Runtime.CompilerServices;
using KernelGen.Tensors;
using static System.FormattableString;

namespace KernelGen.Reference.Safetensors;

/// <summary>A tensor of an open <see cref="SafetensorsFile"/>. Its data stays valid until the file is disposed.</summary>
public sealed unsafe class SafetensorsTensor
{
    private readonly SafetensorsFile _file;
    private readonly SafetensorsEntry _entry;

    internal SafetensorsTensor(SafetensorsFile file, SafetensorsEntry entry)
    {
        _file = file;
        _entry = entry;
    }

    /// <summary>Its name.</summary>
    public string Name => _entry.Name;

    /// <summary>Its element type.</summary>
    public SafetensorsElementType Type => _entry.Type;

    /// <summary>Its axes, outermost first.</summary>
    public IReadOnlyList<long> Shape => _entry.Shape;

    /// <summary>The shape for people.</summary>
    public string ShapeText => _entry.ShapeText;

    /// <summary>Elements: the product of the axes; may be more than a span can hold.</summary>
    public long ElementCount => _entry.ElementCount;

    /// <summary>The first byte in the mapped file. It need not be aligned to the element type.</summary>
    public byte* Data => _file.Data + _entry.Begin;

    /// <summary>All elements.</summary>
    /// <typeparam name="T">The C# type of <see cref="Type"/>.</typeparam>
    /// <returns>The mapped elements, or a copy where the file keeps them at an address that is not a multiple of their size.</returns>
    /// <exception cref="SafetensorsException">There are more than 2^31 - 1 of them.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is another type than the tensor's.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        if (ElementCount > int.MaxValue)
        {
            throw new SafetensorsException(_file.Path, Invariant(
                $"tensor {SafetensorsText.Quote(Name)} has {ElementCount} elements, more than the {int.MaxValue} that one call can take. Split it along batch or heads."));
        }

        return Range<T>(0, (int)ElementCount);
    }

    /// <summary>All elements in fp32, which holds F16, BF16 and F32 exactly.</summary>
    /// <exception cref="SafetensorsException">There are more than 2^31 - 1 of them.</exception>
    /// <exception cref="InvalidOperationException">The tensor is of another type.</exception>
    public float[] ToSingles() => Type switch
    {
        SafetensorsElementType.F16 => Array.ConvertAll(AsSpan<Half>().ToArray(), half => (float)half),
        SafetensorsElementType.BF16 => Array.ConvertAll(AsSpan<BFloat16>().ToArray(), bfloat => (float)bfloat),
        _ => AsSpan<float>().ToArray(),
    };

    /// <summary>Some of the elements; the way to read tensors of more than 2^31 - 1 elements.</summary>
    /// <param name="start">The first element.</param>
    /// <param name="length">Their number.</param>
    /// <typeparam name="T">The C# type of <see cref="Type"/>.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is another type than the tensor's.</exception>
    public ReadOnlySpan<T> Range<T>(long start, int length)
        where T : unmanaged
    {
        if (SafetensorsElementTypeExtensions.Of<T>() != Type)
            throw new InvalidOperationException($"Tensor {SafetensorsText.Quote(Name)} is {Type.Name()}; its elements cannot be read as {typeof(T)}.");
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ElementCount - start, nameof(length));

        byte* address = Data + (start * sizeof(T));
        if ((nuint)address % (nuint)sizeof(T) == 0)
            return new(address, length);

        T[] aligned = new T[length];
        for (int i = 0; i < aligned.Length; i++)
            aligned[i] = Unsafe.ReadUnaligned<T>(address + ((long)i * sizeof(T)));
        return aligned;
    }
}
