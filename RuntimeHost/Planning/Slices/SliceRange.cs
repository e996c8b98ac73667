namespace KernelGen.Planning;

/// <summary>One slice of a plan: a range of heads and a range of query rows.</summary>
/// <param name="HeadBegin">First head, counted over <c>batch * heads</c>.</param>
/// <param name="HeadCount">Heads.</param>
/// <param name="RowBegin">First query row.</param>
/// <param name="RowCount">Query rows.</param>
public readonly record struct SliceRange(int HeadBegin, int HeadCount, int RowBegin, int RowCount);
