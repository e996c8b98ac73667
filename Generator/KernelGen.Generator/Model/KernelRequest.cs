namespace KernelGen.Generator.Model;

/// <summary>What a class asks of one target, for one head dim, element type and family. Which variants answer it is up to the kernel designs.</summary>
/// <param name="SliceRows">Slice sizes, ascending; none for <c>streaming</c>, whose tiles the designs choose.</param>
internal sealed record KernelRequest(KernelTarget Target, int HeadDim, ElementType ElementType, KernelFamily Family, EquatableArray<int> SliceRows);
