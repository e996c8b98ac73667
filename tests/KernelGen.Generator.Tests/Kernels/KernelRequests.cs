using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Kernels;

/// <summary>Requests that tests go through.</summary>
internal static class KernelRequests
{
    /// <summary>Every target, head dim, element type and family.</summary>
    public static IEnumerable<KernelRequest> All(EquatableArray<int> sliceRows) =>
        from target in Enum.GetValues<KernelTarget>()
        from headDim in Enumerable.Range(1, 64).Select(static step => 8 * step)
        from elementType in Enum.GetValues<ElementType>()
        from family in Enum.GetValues<KernelFamily>()
        select new KernelRequest(target, headDim, elementType, family, family == KernelFamily.Materialized ? sliceRows : default);
}
