using KernelGen.Tensors;

namespace KernelGen.Reference;

/// <summary>Tensors of normally distributed numbers, the same for the same seed.</summary>
public static class RandomTensors
{
    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentException">More elements than an array can hold.</exception>
    public static T[] Normal<T>(long elements, int seed)
        where T : unmanaged
    {
        T[] tensor = new T[Length(elements)];
        Fill(tensor, seed, Narrow<T>);
        return tensor;
    }

    /// <summary>Makes one in fp32 whose numbers an element type holds exactly.</summary>
    /// <param name="deviation">The standard deviation.</param>
    /// <exception cref="ArgumentException">More elements than an array can hold.</exception>
    public static float[] Exact(long elements, int seed, ElementType elementType, float deviation = 1)
    {
        float[] tensor = new float[Length(elements)];
        Fill<float>(tensor, seed, elementType switch
        {
            ElementType.Float16 => value => (float)(Half)(value * deviation),
            ElementType.BFloat16 => value => (float)(BFloat16)(value * deviation),
            _ => value => value * deviation,
        });
        return tensor;
    }

    private static int Length(long elements) => elements <= Array.MaxLength
        ? (int)elements
        : throw new ArgumentException("The tensor has more elements than an array can hold.", nameof(elements));

    // Box and Muller's method: two independent normal numbers from two uniform ones.
    private static void Fill<T>(Span<T> tensor, int seed, Func<float, T> convert)
    {
        Random random = new(seed);
        for (int i = 0; i < tensor.Length; i += 2)
        {
            float radius = MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle()));
            (float sine, float cosine) = MathF.SinCos(2 * MathF.PI * random.NextSingle());
            tensor[i] = convert(radius * cosine);
            if (i + 1 < tensor.Length)
                tensor[i + 1] = convert(radius * sine);
        }
    }

    private static T Narrow<T>(float value)
        where T : unmanaged =>
        ElementTypeExtensions.Of<T>() switch
        {
            ElementType.Float16 => (T)(object)(Half)value,
            ElementType.BFloat16 => (T)(object)(BFloat16)value,
            _ => (T)(object)value,
        };
}
