namespace KernelGen.Reference.Safetensors;

/// <summary>
/// The element types of the format. Attention computes with F16, BF16 and F32 and takes masks as BOOL; the others are only recognised.
/// </summary>
public enum SafetensorsElementType
{
    /// <summary>A byte, 0 or 1.</summary>
    Bool,

    /// <summary>8 bits, unsigned.</summary>
    U8,

    /// <summary>8 bits, signed.</summary>
    I8,

    /// <summary>8 bits: five of exponent, two of mantissa.</summary>
    F8E5M2,

    /// <summary>8 bits: four of exponent, three of mantissa.</summary>
    F8E4M3,

    /// <summary>16 bits, unsigned.</summary>
    U16,

    /// <summary>16 bits, signed.</summary>
    I16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a <see cref="F32"/>.</summary>
    BF16,

    /// <summary>32 bits, unsigned.</summary>
    U32,

    /// <summary>32 bits, signed.</summary>
    I32,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>64 bits, unsigned.</summary>
    U64,

    /// <summary>64 bits, signed.</summary>
    I64,

    /// <summary>IEEE double precision.</summary>
    F64,
}
