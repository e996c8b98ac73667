namespace KernelGen.Generator.Model;

/// <summary>A class's request of one target, head dim, element type and family, which the kernel designs answer with variants.</summary>
/// <param name="SliceRows">Slice sizes, ascending; none for <c>streaming</c>, whose tiles the designs choose.</param>
internal sealed record KernelRequest(
    KernelTarget Target, int HeadDim, ElementType ElementType, KernelFamily Family, EquatableArray<int> SliceRows);
