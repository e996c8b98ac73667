namespace KernelGen.Generator.Model;

/// <summary>The generator's view of <c>KernelGen.Tensors.ElementType</c>; same names, same values.</summary>
internal enum ElementType
{
    Float16,
    BFloat16,
    Float32,
}
