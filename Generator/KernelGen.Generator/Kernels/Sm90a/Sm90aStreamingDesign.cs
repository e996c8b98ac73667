using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using KernelGen.Generator.Model;
using KernelGen.Generator.Model.Sm90a;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The <c>streaming</c> kernel of the target <c>sm90a</c> for 16-bit elements and head dims up to 256.</summary>
internal static class Sm90aStreamingKernel
{
    /// <summary>All rows of a tile that there are variants for, ascending; they give the same bits.</summary>
    /// <param name="headDim">The head dim.</param>
    public static IReadOnlyList<int> TileRowChoices(int headDim) => Sm90aStreamingTiling.TileRowChoices(headDim);

    /// <summary>The workspace formula of a variant: it needs one only for more keys than a chunk has.</summary>
    /// <param name="configuration">A variant.</param>
    public static KernelFootprint Footprint(KernelConfiguration configuration)
    {
        Sm90aStreamingTiling tiling = Tiling(configuration);
        return KeyChunks.Footprint(tiling.TileRows, tiling.TileKeys, configuration.HeadDim);
    }

    /// <summary>The launches of a variant, in order.</summary>
    /// <param name="configuration">A variant.</param>
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration configuration)
    {
        Sm90aStreamingTiling tiling = Tiling(configuration);
        return
        [
            new(configuration.EntryPoint, tiling.Threads, tiling.SharedBytes, tiling.TileRows)
            {
                TensorBoxes =
                [
                    new(tiling.Rows.PanelDims, tiling.TileRows),
                    new(tiling.Rows.PanelDims, tiling.TileKeys),
                    new(tiling.Values.PanelDims, tiling.TileKeys),
                ],
                MinimumBlocks = tiling.BlocksPerProcessor,
                IsPersistent = true,
            },
            KeyChunks.MergeStage(configuration.EntryPoint),
        ];
    }

    /// <summary>What the source of a variant includes, in the order of its <c>#include</c> lines.</summary>
    public static ImmutableArray<CudaHeaderTemplate> Headers { get; } =
    [
        CudaHeaderTemplate.Primitives,
        new("sm90a/primitives"),
        CudaHeaderTemplate.Score,
        new("sm90a"),
        new("sm90a/tile_products"),
        CudaHeaderTemplate.Slice,
        CudaHeaderTemplate.KeyChunks,
        new("sm90a/streaming"),
    ];

    /// <summary>Renders the translation unit of a variant.</summary>
    /// <param name="templates">The templates.</param>
    /// <param name="configuration">A variant.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    /// <returns>CUDA C that includes its <see cref="Headers"/>.</returns>
    public static string Render(TemplateLibrary templates, KernelConfiguration configuration, CancellationToken cancellationToken)
    {
        Sm90aStreamingTiling tiling = Tiling(configuration);
        TemplateObject model = Sm90aModel.CreateWithLayout(configuration, tiling.TileKeys, tiling.TileRows, tiling.Values);
        model.Add("consumers", tiling.Consumers);
        model.Add("threads", tiling.Threads);
        model.Add("blocks_per_processor", tiling.BlocksPerProcessor);
        model.Add("tile_rows", tiling.TileRows);
        model.Add("stages", tiling.Stages);
        model.Add("shared_bytes", tiling.SharedBytes);
        model.Add("producer_registers", tiling.ProducerRegisters);
        model.Add("consumer_registers", tiling.ConsumerRegisters);
        model.Add("array_registers", tiling.ArrayRegisters);
        model.Add("ping_pong", tiling.PingPong);
        model.Add("polynomial_every", tiling.PolynomialEvery);
        return templates.Render("cuda/sm90a/streaming.cu.sbn", model, cancellationToken);
    }

    private static Sm90aStreamingTiling Tiling(KernelConfiguration configuration) => Sm90aStreamingTiling.For(configuration.HeadDim, configuration.SliceRows);
}
