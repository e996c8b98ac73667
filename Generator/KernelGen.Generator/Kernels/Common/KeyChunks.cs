using KernelGen.Generator.Model;

namespace KernelGen.Generator.Kernels.Common;

/// <summary>
/// Chunks of keys: no kernel adds up more keys than one of them has. What chunks give is folded in rounded fp32, by the block that goes
/// over all of them or, where blocks share rows, by a launch of its own.
/// </summary>
/// <remarks>
/// Tensor cores cut their sums off, towards zero: by at most a digit for each product and each sum, on average by half of it. Over n keys
/// of one sign that makes a share of 1.1e-8 n of the sum on compute capability 8 and 6e-9 n on 9.0 and later (docs/03, "Key chunks"): less
/// than 5e-5 for 4,096 keys. A chunk is the same for all kernels of a target with the same tile of keys, whatever the call and the device.
/// </remarks>
internal static class KeyChunks
{
    /// <summary>No chunk of a head dim up to <see cref="LargestCommonHeadDim"/> has fewer keys.</summary>
    private const int LeastKeys = 4096;

    /// <summary>
    /// No chunk of a larger head dim has fewer keys. Such heads come alone, as in image autoencoders: 4096 keys make few tiles of query
    /// rows, and only chunks let blocks share them. A fold costs less than 1 % of the products of so many keys at these head dims.
    /// </summary>
    private const int LeastKeysOfWideHeads = 2048;

    private const int LargestCommonHeadDim = 256;

    /// <summary>Threads of a block that folds; a warp a row. The header <c>key_chunks.cuh</c> has the same number.</summary>
    public const int MergeThreads = 128;

    /// <summary>Query rows of a block that folds.</summary>
    public const int MergeRows = MergeThreads / 32;

    /// <summary>Keys of a chunk: the smallest multiple of a tile that is at least 4096, or 2048 for head dims above 256.</summary>
    public static int Keys(int tileKeys, int headDim)
    {
        int least = headDim > LargestCommonHeadDim ? LeastKeysOfWideHeads : LeastKeys;
        return (least + tileKeys - 1) / tileKeys * tileKeys;
    }

    /// <summary>Bytes of a row's partial result: the fp32 output row, row_max and row_sum.</summary>
    public static int PartialBytesPerRow(int headDim) => sizeof(float) * (headDim + 2);

    /// <summary>The workspace formula of a kernel that needs one only for more keys than a chunk has.</summary>
    public static KernelFootprint Footprint(int tileRows, int tileKeys, int headDim) =>
        new(tileRows, tileKeys, BytesPerScore: 0, WorkerBytes: 0, PartialBytesPerRow(headDim), ChunkKeys: Keys(tileKeys, headDim));

    /// <summary>The launch that folds what blocks that share rows have left.</summary>
    public static CudaStage MergeStage(string entryPoint) =>
        new(entryPoint + "_merge", MergeThreads, SharedBytes: 0, MergeRows, MergesKeySplits: true);
}
