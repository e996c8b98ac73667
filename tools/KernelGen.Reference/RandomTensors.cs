using KernelGen.Tensors;

namespace KernelGen.Reference;

/// <summary>Tensors of normally distributed numbers, the same for the same seed.</summary>
public static class RandomTensors
{
    /// <summary>Makes one.</summary>
    /// <param name="elements">Its elements.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="ArgumentException">More elements than an array can hold.</exception>
    /// <remarks>Box and Muller's method: two independent normal numbers from two uniform ones.</remarks>
    public static T[] Normal<T>(long elements, int seed)
        where T : unmanaged
    {
        if (elements > Array.MaxLength)
            throw new ArgumentException("The tensor has more elements than an array can hold.", nameof(elements));
        Random random = new(seed);
        T[] tensor = new T[elements];
        for (int i = 0; i < tensor.Length; i += 2)
        {
            float radius = MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle()));
            (float sine, float cosine) = MathF.SinCos(2 * MathF.PI * random.NextSingle());
            tensor[i] = Narrow<T>(radius * cosine);
            if (i + 1 < tensor.Length)
                tensor[i + 1] = Narrow<T>(radius * sine);
        }

        return tensor;
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
