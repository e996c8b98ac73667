using KernelGen.Generator.Model;
using KernelGen.Generator.Model.Sm90a;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>What the templates of all kernels of the target <c>sm90a</c> are told that share <c>sm90a/layout.cuh.sbn</c> and <c>sm90a/products.cuh.sbn</c>.</summary>
internal static class Sm90aModel
{
    /// <summary>The entry point, or what those of several launches begin with.</summary>
    public static string EntryPoint(KernelConfiguration configuration) => configuration.Id.Replace('-', '_');

    /// <summary>The model to which a kernel adds its own numbers.</summary>
    /// <param name="configuration">The variant.</param>
    /// <param name="tileKeys">Keys of a tile.</param>
    /// <param name="queryRows">Rows of a tile of Q in shared memory.</param>
    /// <param name="values">The layout of V.</param>
    /// <param name="columnGroups">Products that divide the columns of V.</param>
    public static TemplateObject Create(KernelConfiguration configuration, int tileKeys, int queryRows, Sm90aPanels values, int columnGroups)
    {
        Sm90aPanels rows = Sm90aPanels.AlongRows(configuration.HeadDim);
        return new()
        {
            { "id", configuration.Id },
            { "entry_point", EntryPoint(configuration) },
            { "element", configuration.ElementType == ElementType.Float16 ? "kg_f16" : "kg_bf16" },
            { "element_name", configuration.ElementType.ToString() },
            { "product_type", configuration.ElementType == ElementType.Float16 ? "f16" : "bf16" },
            { "head_dim", configuration.HeadDim },
            { "tile_keys", tileKeys },
            { "query_rows", queryRows },
            { "row_panel_dims", rows.PanelDims },
            { "row_panels", rows.Count },
            { "value_panel_dims", values.PanelDims },
            { "value_panels", values.Count },
            { "column_groups", columnGroups },
            { "query_bytes", rows.TileBytes(queryRows) },
            { "key_bytes", rows.TileBytes(tileKeys) },
            { "value_bytes", values.TileBytes(tileKeys) },
            { "score_registers", tileKeys / 2 },
            { "sum_registers", values.Dims / columnGroups / 2 },
        };
    }
}
