namespace KernelGen.Generator.Model;

/// <summary>The launch that merges the partial results of split keys: the same for every streaming kernel that can split them.</summary>
internal static class KeySplitMerge
{
    /// <summary>Threads of a block; a warp merges a row. The header <c>key_splits.cuh</c> has the same number.</summary>
    public const int Threads = 128;

    /// <summary>Query rows of a block.</summary>
    public const int Rows = Threads / 32;

    /// <summary>Bytes of a row's partial result: the fp32 output row, the greatest score and the sum of the probabilities.</summary>
    /// <param name="headDim">The head dim.</param>
    public static int PartialBytesPerRow(int headDim) => sizeof(float) * (headDim + 2);

    /// <summary>The launch.</summary>
    /// <param name="entryPoint">The entry point of the kernel whose results are merged.</param>
    public static CudaStage Stage(string entryPoint) => new(entryPoint + "_merge", Threads, SharedBytes: 0, Rows, MergesKeySplits: true);
}
