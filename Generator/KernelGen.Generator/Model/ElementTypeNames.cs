namespace KernelGen.Generator.Model;

/// <summary>Names of element types. The switches are exhaustive: a new element type does not compile until each of them knows it.</summary>
internal static class ElementTypeNames
{
    public static string ShortName(this ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "f16",
        ElementType.BFloat16 => "bf16",
        ElementType.Float32 => "f32",
    };

    public static string CSharpName(this ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "global::System.Half",
        ElementType.BFloat16 => "global::KernelGen.Tensors.BFloat16",
        ElementType.Float32 => "float",
    };

    public static string CudaName(this ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "kg_f16",
        ElementType.BFloat16 => "kg_bf16",
        ElementType.Float32 => "float",
    };
}
