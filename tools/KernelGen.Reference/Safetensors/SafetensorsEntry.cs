namespace KernelGen.Reference.Safetensors;

/// <summary>A tensor as the header declares it, after every check that the header and the file's length allow.</summary>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its axes, outermost first; none for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">Past the last byte.</param>
internal sealed record SafetensorsEntry(string Name, SafetensorsElementType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Elements: the product of the axes. The header was refused if it overflows.</summary>
    public long ElementCount => (End - Begin) / Type.SizeInBytes();

    /// <summary>The shape for people, such as <c>[2, 8, 4096, 40]</c>.</summary>
    public string ShapeText => SafetensorsText.Shape(Shape);
}
