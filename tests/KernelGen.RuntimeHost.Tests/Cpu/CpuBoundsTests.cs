using KernelGen.Cpu;
using KernelGen.Cpu.Kernels;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

[TestClass]
public sealed unsafe class CpuBoundsTests
{
    /// <summary>A touch outside any buffer ends the process, so this test has only one way to fail.</summary>
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [DataRow(1, 1)]
    [DataRow(3, 5)]
    [DataRow(33, 11)]
    [DataRow(129, 13)]
    [DataRow(70, 250)]
    [DataRow(257, 13)]
    [DataRow(16, 45)]
    [DataRow(1, 1500)]
    [DataRow(6, 2500)]
    public void Kernels_TouchNothingOutsideTheirBuffers(int queries, int keys)
    {
        foreach (KernelVariant variant in CpuTestAttention.Catalogue.Variants)
        {
            if (variant.HeadDim is not (8 or 40 or 72 or 160) || (variant.Footprint.ChunksApart && queries > variant.SliceRows))
                continue;

            foreach (CpuVectorPath path in CpuCall.SupportedPaths)
            {
                foreach (MaskKind mask in Enum.GetValues<MaskKind>())
                    Run(variant, path, queries, keys, mask);
            }
        }
    }

    private static void Run(KernelVariant variant, CpuVectorPath path, int queries, int keys, MaskKind mask)
    {
        int size = variant.ElementType.SizeInBytes(), headDim = variant.HeadDim, tiles = variant.Cpu!.TilesPerCall,
        rows = tiles * variant.Footprint.TileRows;
        using GuardedMemory query = new((long)queries * headDim * size, size), output = new((long)queries * headDim * size, size);
        using GuardedMemory key = new((long)keys * headDim * size, size), value = new((long)keys * headDim * size, size);
        using GuardedMemory attend = new((long)queries * keys * (mask == MaskKind.Additive ? 4 : 1), 1);
        using GuardedMemory map = new((long)queries * keys * 4, 4), logSumExp = new(queries * 4L, 4);
        bool isForFew = variant.Footprint.ChunksApart;
        using GuardedMemory scratch = new(variant.Footprint.ScratchBytes(keys), 64);
        using GuardedMemory scores = new(isForFew ? queries * variant.Footprint.PartialBytesPerTile(keys, keySplits: 1)
            : tiles * variant.Footprint.ScoreBytesPerTile(keys), 64);

        KernelArguments call = new()
        {
            Query = (nint)query.Address,
            Key = (nint)key.Address,
            Value = (nint)value.Address,
            Output = (nint)output.Address,
            Mask = (nint)attend.Address,
            Map = variant.Family == KernelFamily.Materialized ? (nint)map.Address : 0,
            LogSumExp = (nint)logSumExp.Address,
            QueryStrides = new(0, 0, headDim),
            KeyStrides = new(0, 0, headDim),
            ValueStrides = new(0, 0, headDim),
            OutputStrides = new(0, 0, headDim),
            MaskStrides = new(0, 0, keys, 1),
            Heads = 1,
            KeyValueHeads = 1,
            Queries = queries,
            Keys = keys,
            HeadCount = 1,
            RowCount = queries,
            Scale = 1,
            MaskKind = (int)mask,
            Causal = (queries + keys) % 2,
        };
        CpuKernel kernel = CpuCapabilities.KernelFor(variant.Cpu, path);
        int chunks = KeyBlocks.ChunksOf(keys, variant.Footprint.ChunkKeys);
        for (int chunk = 0; isForFew && chunk < (chunks > 1 ? chunks + 1 : 1); chunk++)
            kernel(call, 0, chunk, chunks, scratch.Address, (float*)scores.Address);

        for (int row = 0; !isForFew && row < queries; row += rows)
            kernel(call, 0, row, Math.Min(queries, row + rows), scratch.Address, (float*)scores.Address);
    }
}
