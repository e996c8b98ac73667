namespace KernelGen.Tensors;

/// <summary>Sizes, names and C# counterparts of <see cref="ElementType"/>.</summary>
public static class ElementTypeExtensions
{
    /// <summary>Bytes of one element: 2 or 4.</summary>
    public static int SizeInBytes(this ElementType elementType) => elementType switch
    {
        ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.Float32 => 4,
    };

    /// <summary>The name used in variant ids and on the command line: <c>f16</c>, <c>bf16</c> or <c>f32</c>.</summary>
    public static string ShortName(this ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "f16",
        ElementType.BFloat16 => "bf16",
        ElementType.Float32 => "f32",
    };

    /// <summary>The element type that a C# type stands for.</summary>
    /// <typeparam name="T"><see cref="Half"/>, <see cref="BFloat16"/> or <see cref="float"/>.</typeparam>
    /// <exception cref="NotSupportedException">Any other type.</exception>
    public static ElementType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(Half))
        {
            return ElementType.Float16;
        }

        if (typeof(T) == typeof(BFloat16))
        {
            return ElementType.BFloat16;
        }

        if (typeof(T) == typeof(float))
        {
            return ElementType.Float32;
        }

        throw new NotSupportedException(
            $"{typeof(T)} is not an element type of attention. Use System.Half (f16), KernelGen.Tensors.BFloat16 (bf16) or float (f32).");
    }
}
