using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>The variants of the target <c>simt</c> that tests go through.</summary>
internal static class SimtVariant
{
    /// <summary>Whether the tests that take a part of the variants, to be quick, shall take all: ten minutes or so on two cores.</summary>
    public static bool TestAll => Environment.GetEnvironmentVariable("KERNELGEN_TEST_ALL_CUDA") is { Length: > 0 };

    public static IReadOnlyList<int> HeadDims { get; } = [.. Enumerable.Range(1, 64).Select(i => 8 * i)];

    public static IReadOnlyList<ElementType> ElementTypes { get; } = [ElementType.Float16, ElementType.BFloat16, ElementType.Float32];

    /// <summary>Every family, element type and head dim.</summary>
    public static IReadOnlyList<KernelConfiguration> All { get; } =
    [
        .. from headDim in HeadDims
           from elementType in ElementTypes
           from family in new[] { KernelFamily.Streaming, KernelFamily.Materialized }
           select Of(family, elementType, headDim, family == KernelFamily.Streaming ? 64 : 2048),
    ];

    public static KernelConfiguration Of(KernelFamily family, ElementType elementType, int headDim, int sliceRows) =>
        new(family, KernelTarget.Simt, elementType, headDim, sliceRows);
}
