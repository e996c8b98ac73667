using KernelGen.Tensors;

namespace KernelGen.Reference.Safetensors;

/// <summary>Sizes of the format's element types, and their names in the header.</summary>
public static class SafetensorsElementTypeExtensions
{
    private static readonly (SafetensorsElementType Type, string Name, int Bytes)[] Known =
    [
        (SafetensorsElementType.Bool, "BOOL", 1),
        (SafetensorsElementType.U8, "U8", 1),
        (SafetensorsElementType.I8, "I8", 1),
        (SafetensorsElementType.F8E5M2, "F8_E5M2", 1),
        (SafetensorsElementType.F8E4M3, "F8_E4M3", 1),
        (SafetensorsElementType.U16, "U16", 2),
        (SafetensorsElementType.I16, "I16", 2),
        (SafetensorsElementType.F16, "F16", 2),
        (SafetensorsElementType.BF16, "BF16", 2),
        (SafetensorsElementType.U32, "U32", 4),
        (SafetensorsElementType.I32, "I32", 4),
        (SafetensorsElementType.F32, "F32", 4),
        (SafetensorsElementType.U64, "U64", 8),
        (SafetensorsElementType.I64, "I64", 8),
        (SafetensorsElementType.F64, "F64", 8),
    ];

    /// <summary>Every name that a header may use.</summary>
    public static string Names { get; } = string.Join(", ", Known.Select(known => known.Name));

    /// <summary>The name in the header.</summary>
    public static string Name(this SafetensorsElementType type) => Known[(int)type].Name;

    /// <summary>Bytes of one element.</summary>
    public static int SizeInBytes(this SafetensorsElementType type) => Known[(int)type].Bytes;

    /// <summary>Finds a type by its name in the header.</summary>
    public static bool TryParse(string name, out SafetensorsElementType type)
    {
        foreach ((SafetensorsElementType known, string knownName, _) in Known)
        {
            if (knownName == name)
            {
                type = known;
                return true;
            }
        }

        type = default;
        return false;
    }

    /// <summary>The attention element type, or null for a type that attention does not compute with.</summary>
    public static ElementType? ToAttention(this SafetensorsElementType type) => type switch
    {
        SafetensorsElementType.F16 => ElementType.Float16,
        SafetensorsElementType.BF16 => ElementType.BFloat16,
        SafetensorsElementType.F32 => ElementType.Float32,
        _ => null,
    };

    /// <summary>The type that stores elements of a C# type.</summary>
    /// <typeparam name="T">
    /// <see cref="Half"/>, <see cref="BFloat16"/>, <see cref="float"/>, <see cref="bool"/>, <see cref="byte"/> or <see cref="long"/>.
    /// </typeparam>
    public static SafetensorsElementType Of<T>()
        where T : unmanaged =>
        typeof(T) == typeof(bool) ? SafetensorsElementType.Bool
        : typeof(T) == typeof(byte) ? SafetensorsElementType.U8
        : typeof(T) == typeof(long) ? SafetensorsElementType.I64
        : ElementTypeExtensions.Of<T>() switch
        {
            ElementType.Float16 => SafetensorsElementType.F16,
            ElementType.BFloat16 => SafetensorsElementType.BF16,
            _ => SafetensorsElementType.F32,
        };
}
