using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Kernels.Cpu;

/// <summary>Both families in C#, one of them with a kernel for few queries besides: one class for each head dim.</summary>
internal sealed class CpuDesign : IKernelDesign
{
    private const string Template = "cpu/kernels.cs.sbn";
    public KernelTarget Target => KernelTarget.Cpu;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        CpuTiling tiling = new(request.HeadDim);
        switch (request.Family)
        {
            case KernelFamily.Streaming:
                yield return new CpuVariant(
                    new(KernelFamily.Streaming, Target, request.ElementType, request.HeadDim, CpuTiling.TileRows),
                    new(CpuTiling.TileRows, CpuTiling.KeyStep, BytesPerScore: 0, tiling.Streaming.Bytes, ChunkKeys: CpuTiling.ChunkKeys,
                        ChunksWorkerBytes: tiling.Streaming.ChunksBytes),
                    new(ProductUnit.MultiplyAdds),
                    Template,
                    tiling,
                    tiling.TilesPerCall);

                // A tile is a row. Those that share keys and values are worked on together, a chunk of keys at a time.
                yield return new CpuVariant(
                    new(KernelFamily.Streaming, Target, request.ElementType, request.HeadDim, CpuTiling.FewRows),
                    new(TileRows: 1, CpuTiling.KeyStep, BytesPerScore: 0, tiling.FewQueriesBytes,
                        KeyChunks.PartialBytesPerRow(request.HeadDim), ChunkKeys: CpuTiling.ChunkKeys, ChunksApart: true),
                    new(ProductUnit.MultiplyAdds),
                    Template,
                    tiling,
                    TilesPerCall: 1);
                break;

            case KernelFamily.Materialized:
                foreach (int sliceRows in request.SliceRows)
                {
                    int tileRows = SliceSize.IsSmall(sliceRows) ? CpuTiling.SmallTileRows : CpuTiling.TileRows;

                    // A tile at a time: its scores are still in a cache when they become weights.
                    yield return new CpuVariant(
                        new(KernelFamily.Materialized, Target, request.ElementType, request.HeadDim, sliceRows),
                        new(tileRows, CpuTiling.KeyStep, sizeof(float), tiling.Materialized.Bytes(tileRows), ChunkKeys: CpuTiling.ChunkKeys,
                            ChunksWorkerBytes: tiling.Materialized.ChunksBytes(tileRows)),
                        new(ProductUnit.MultiplyAdds, ScorePasses.OfScores),
                        Template,
                        tiling,
                        TilesPerCall: 1);
                }

                break;
        }
    }
}
