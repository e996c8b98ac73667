using System.Runtime.InteropServices;
using KernelGen.Tensors;

namespace KernelGen.Reference.Safetensors;

/// <summary>A tensor of an open <see cref="SafetensorsFile"/>.</summary>
public sealed class SafetensorsTensor
{
    // Spans of bytes end at 2 GiB; tensors do not.
    private const int ChunkElements = 1 << 24;

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

    /// <summary>All elements.</summary>
    /// <typeparam name="T">The C# type of <see cref="Type"/>.</typeparam>
    /// <exception cref="SafetensorsException">There are more of them than an array can hold, or the file has become shorter.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is another type than the tensor's.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        if (ElementCount > Array.MaxLength)
        {
            // The last axis is the head dim, which a call needs whole.
            int axis = Enumerable.Range(0, Math.Max(Shape.Count - 1, 0)).FirstOrDefault(i => Shape[i] > 1, -1);
            string advice = axis < 0 ? "It cannot be split." : Invariant($"Split it along axis {axis}, which has {Shape[axis]}.");
            throw new SafetensorsException(_file.Path,
                Invariant($"tensor {SafetensorsText.Quote(Name)} has {ElementCount} elements, more than the {Array.MaxLength} that ")
                    + $"one call can take. {advice}");
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
            throw new InvalidOperationException(
                $"Tensor {SafetensorsText.Quote(Name)} is {Type.Name()}; its elements cannot be read as {typeof(T)}.");
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ElementCount - start, nameof(length));

        T[] elements = new T[length];
        int size = Type.SizeInBytes();
        for (int done = 0; done < length; done += Math.Min(ChunkElements, length - done))
        {
            Span<T> chunk = elements.AsSpan(done, Math.Min(ChunkElements, length - done));
            _file.Read(_entry.Begin + ((start + done) * size), MemoryMarshal.AsBytes(chunk));
        }

        return elements;
    }
}
