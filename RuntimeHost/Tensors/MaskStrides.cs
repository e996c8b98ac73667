using System.Runtime.InteropServices;

namespace KernelGen.Tensors;

/// <summary>Distances, in mask elements, along the four axes of a mask; 0 where the mask is broadcast.</summary>
/// <param name="Batch">From a batch item to the next.</param>
/// <param name="Head">From a query head to the next.</param>
/// <param name="Query">From a query row to the next.</param>
/// <param name="Key">From a key to the next: 1, or 0 when broadcast.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MaskStrides(long Batch, long Head, long Query, long Key);
