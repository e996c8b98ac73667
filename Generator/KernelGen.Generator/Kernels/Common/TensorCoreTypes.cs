using KernelGen.Generator.Model;

namespace KernelGen.Generator.Kernels.Common;

/// <summary>Element types as factors of the tensor cores.</summary>
internal static class TensorCoreTypes
{
    /// <summary>The name in instructions; null for a type whose numbers tensor cores do not multiply as they are.</summary>
    public static string? FactorName(this ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "f16",
        ElementType.BFloat16 => "bf16",
        ElementType.Float32 => null,
    };

    /// <summary>True when tensor cores multiply its numbers as they are, with sums in fp32.</summary>
    public static bool IsFactor(this ElementType elementType) => elementType.FactorName() is not null;
}
