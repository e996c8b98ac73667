using KernelGen.Generator.Model;
using KernelGen.Generator.Model.Sm90a;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>What the templates of the kernels of the target <c>sm90a</c> are told alike. A kernel adds its own numbers.</summary>
internal static class Sm90aModel
{
    /// <summary>What every kernel is told.</summary>
    /// <param name="configuration">The variant. The products of one for Float32 take its halves, which are Float16.</param>
    public static TemplateObject Create(KernelConfiguration configuration) => new()
    {
        { "id", configuration.Id },
        { "entry_point", configuration.EntryPoint },
        { "element", configuration.ElementType == ElementType.BFloat16 ? "kg_bf16" : "kg_f16" },
        { "element_name", configuration.ElementType.ToString() },
        { "product_type", configuration.ElementType == ElementType.BFloat16 ? "bf16" : "f16" },
        { "head_dim", configuration.HeadDim },
    };

    /// <summary>What kernels of whole tiles are told besides: those that share <c>sm90a/layout.cuh.sbn</c> and <c>sm90a/products.cuh.sbn</c>.</summary>
    /// <param name="configuration">The variant.</param>
    /// <param name="tileKeys">Keys of a tile.</param>
    /// <param name="queryRows">Rows of a tile of Q in shared memory.</param>
    /// <param name="values">The layout of V.</param>
    /// <param name="columnGroups">Products that divide the columns of V.</param>
    /// <param name="hasChunks">It takes more keys than a chunk has.</param>
    public static TemplateObject CreateWithLayout(
        KernelConfiguration configuration, int tileKeys, int queryRows, Sm90aPanels values, int columnGroups = 1, bool hasChunks = true)
    {
        Sm90aPanels rows = Sm90aPanels.AlongRows(configuration.HeadDim);
        TemplateObject model = Create(configuration);
        model.Add("tile_keys", tileKeys);
        model.Add("chunk_keys", hasChunks ? KeyChunks.Keys(tileKeys, configuration.HeadDim) : 0);
        model.Add("query_rows", queryRows);
        model.Add("row_panel_dims", rows.PanelDims);
        model.Add("row_panels", rows.Count);
        model.Add("value_panel_dims", values.PanelDims);
        model.Add("value_panels", values.Count);
        model.Add("value_dims", values.Dims / columnGroups);
        model.Add("query_bytes", rows.TileBytes(queryRows));
        model.Add("key_bytes", rows.TileBytes(tileKeys));
        model.Add("value_bytes", values.TileBytes(tileKeys));
        model.Add("sum_registers", values.Dims / columnGroups / 2);
        return model;
    }
}
