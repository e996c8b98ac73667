using System.Collections.Immutable;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>Renders the CUDA C of the target <c>simt</c>: kernels for any GPU from compute capability 7.5 and every element type.</summary>
internal static class SimtKernelUnit
{
    private static readonly ImmutableArray<CudaHeaderTemplate> _streamingHeaders =
    [
        CudaHeaderTemplate.Primitives, CudaHeaderTemplate.Score, new("simt"), CudaHeaderTemplate.Slice, CudaHeaderTemplate.KeyChunks, CudaHeaderTemplate.Reductions,
        new("simt/streaming"),
    ];

    private static readonly ImmutableArray<CudaHeaderTemplate> _materializedHeaders =
    [
        CudaHeaderTemplate.Primitives, CudaHeaderTemplate.Score, new("simt"), CudaHeaderTemplate.Slice, CudaHeaderTemplate.KeyChunks,
        CudaHeaderTemplate.Reductions, CudaHeaderTemplate.Materialized, new("simt/materialized"),
    ];

    /// <summary>The translation unit of a variant.</summary>
    /// <param name="templates">The templates.</param>
    /// <param name="configuration">A variant of the target <c>simt</c>.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken) =>
        templates.Render(TemplateName(configuration.Family), Model(configuration), cancellationToken);

    /// <summary>The template of a family.</summary>
    public static string TemplateName(KernelFamily family) =>
        family == KernelFamily.Materialized ? "cuda/simt/materialized.cu.sbn" : "cuda/simt/streaming.cu.sbn";

    /// <summary>What the template of a variant is told.</summary>
    /// <param name="configuration">A variant of the target <c>simt</c>.</param>
    public static TemplateObject Model(KernelConfiguration configuration)
    {
        SimtKernelDesign design = SimtKernelDesign.For(configuration);
        return new()
        {
            { "id", configuration.Id },
            { "entry_point", configuration.EntryPoint },
            { "element", CudaName(configuration.ElementType) },
            { "element_name", configuration.ElementType.ToString() },
            { "head_dim", design.HeadDim },
            { "slice_rows", configuration.SliceRows },
            { "threads", design.Threads },
            { "lanes", design.Lanes },
            { "rows_per_thread", design.RowsPerThread },
            { "tile_rows", design.TileRows },
            { "keys_per_thread", design.KeysPerThread },
            { "tile_keys", SimtKernelDesign.TileKeys },
            { "chunk_keys", KeyChunks.Keys(SimtKernelDesign.TileKeys, design.HeadDim) },
            { "chunk_dims", design.ChunkDims },
            { "chunk_pitch", design.ChunkPitch },
            { "probability_pitch", design.ProbabilityPitch },
            { "value_keys", design.ValueKeys },
            { "value_pitch", design.ValuePitch },
            { "value_chunk_begin", design.ValueChunkBegin },
            { "lane_quads", design.LaneQuads },
            { "lane_pairs", design.LanePairs },
            { "lane_singles", design.LaneSingles },
            { "lane_dims", design.LaneDims },
            { "pairs_begin", design.PairsBegin },
            { "singles_begin", design.SinglesBegin },
            { "shared_bytes", design.SharedBytes },
            { "expected_registers", design.ExpectedRegisters },
            { "register_blocks", design.RegisterBlocks },
            { "softmax_threads", SimtKernelDesign.SoftmaxThreads },
            { "softmax_rows", SimtKernelDesign.SoftmaxRows },
        };
    }

    /// <summary>What the source of a variant includes, in the order of its <c>#include</c> lines.</summary>
    /// <param name="configuration">A variant of the target <c>simt</c>.</param>
    public static ImmutableArray<CudaHeaderTemplate> Headers(KernelConfiguration configuration) => configuration.Family == KernelFamily.Streaming
        ? _streamingHeaders
        : _materializedHeaders;

    /// <summary>The workspace formula of a variant.</summary>
    /// <param name="configuration">A variant of the target <c>simt</c>.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration)
    {
        int tileRows = SimtKernelDesign.For(configuration).TileRows;
        return configuration.Family == KernelFamily.Materialized
            ? new(tileRows, SimtKernelDesign.TileKeys, sizeof(float), WorkerBytes: 0)
            : KeyChunks.Footprint(tileRows, SimtKernelDesign.TileKeys, configuration.HeadDim);
    }

    /// <summary>It multiplies on the ordinary cores, in fp32.</summary>
    /// <param name="configuration">A variant of the target <c>simt</c>.</param>
    public static KernelTraits Traits(KernelConfiguration configuration) => KernelTraits.Of(ProductUnit.MultiplyAdds, configuration.Family);

    /// <summary>The launches of a variant, in order.</summary>
    /// <param name="configuration">A variant of the target <c>simt</c>.</param>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration)
    {
        SimtKernelDesign design = SimtKernelDesign.For(configuration);
        string entryPoint = configuration.EntryPoint;
        return configuration.Family == KernelFamily.Streaming
            ?
            [
                new(entryPoint, design.Threads, design.SharedBytes, design.TileRows) { MinimumBlocks = design.RegisterBlocks },
                KeyChunks.MergeStage(entryPoint),
            ]
            :
            [
                new(entryPoint + "_scores", design.Threads, design.SharedBytes, design.TileRows),
                new(entryPoint + "_softmax", SimtKernelDesign.SoftmaxThreads, SharedBytes: 0, SimtKernelDesign.SoftmaxRows),
                new(entryPoint + "_values", design.Threads, design.SharedBytes, design.TileRows),
            ];
    }

    /// <summary>Query rows of a tile of a streaming variant, which is its slice size.</summary>
    /// <param name="elementType">The element type; tiles are fp32 for all of them.</param>
    /// <param name="headDim">The head dim; its chunks and lanes, not the rows, follow it.</param>
    public static int StreamingTileRows(ElementType elementType, int headDim) => SimtKernelDesign.MaxTileRows;

    private static string CudaName(ElementType elementType) => elementType switch
    {
        ElementType.Float16 => "kg_f16",
        ElementType.BFloat16 => "kg_bf16",
        _ => "float",
    };
}
