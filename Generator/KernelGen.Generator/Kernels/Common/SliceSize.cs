namespace KernelGen.Generator.Kernels.Common;

/// <summary>Parameters of a <c>materialized</c> CUDA kernel that follow from its slice size; equal ones share one text.</summary>
/// <remarks>
/// A small slice makes few tiles: they have half as many rows, so that twice as many blocks share the work. Its scores, 16 MiB for 1024
/// rows and 4096 keys, stay in the second-level cache of a large GPU from one launch to the next. Those of a larger slice do not, and would
/// drive K and V out: they are streamed past the cache.
/// </remarks>
internal static class SliceSize
{
    private const int MostRowsOfSmallSlice = 1024;
    public static bool IsSmall(int sliceRows) => sliceRows <= MostRowsOfSmallSlice;
}
