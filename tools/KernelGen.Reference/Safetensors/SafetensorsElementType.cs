namespace KernelGen.Samples.Safetensors;

/// <summary>The element types of the format. Attention computes with F16, BF16 and F32 and takes masks as BOOL; the others are only recognised.</summary>
internal enum SafetensorsElementType
{
    Bool,
    U8,
    I8,
    F8E5M2,
    F8E4M3,
    U16,
    I16,
    F16,
    BF16,
    U32,
    I32,
    F32,
    U64,
    I64,
    F64,
}
