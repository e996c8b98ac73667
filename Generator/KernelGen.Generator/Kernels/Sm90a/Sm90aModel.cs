using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Sm90a;

/// <summary>Template variables that several kernels of the target have in common.</summary>
internal static class Sm90aModel
{
    /// <summary>The variables of every kernel.</summary>
    /// <param name="factorType">The type of what tensor cores multiply, such as <c>f16</c>.</param>
    public static TemplateObject Create(CudaSourceName source, ElementType elementType, string factorType, int headDim) => new()
    {
        { "id", source.Id },
        { "entry_point", source.EntryPoint },
        { "element", "kg_" + factorType },
        { "element_name", elementType.ToString() },
        { "product_type", factorType },
        { "head_dim", headDim },
    };

    /// <summary>The variables of kernels of whole tiles, which share <c>sm90a/layout.cuh.sbn</c>.</summary>
    public static TemplateObject CreateWithLayout(
        CudaSourceName source, ElementType elementType, string factorType, int headDim,
        int tileKeys, int queryRows, Sm90aPanels values, int columnGroups = 1, bool hasChunks = true)
    {
        Sm90aPanels rows = Sm90aPanels.AlongRows(headDim);
        TemplateObject model = Create(source, elementType, factorType, headDim);
        model.Add("tile_keys", tileKeys);
        model.Add("chunk_keys", hasChunks ? KeyChunks.Keys(tileKeys, headDim) : 0);
        model.Add("query_rows", queryRows);
        model.Add("row_panel_dims", rows.PanelDims);
        model.Add("row_panels", rows.Count);
        model.Add("value_panel_dims", values.PanelDims);
        model.Add("value_panels", values.Count);
        model.Add("value_dims", values.Dims / columnGroups);
        model.Add("query_bytes", rows.TileBytes(queryRows));
        model.Add("key_bytes", rows.TileBytes(tileKeys));
        model.Add("value_bytes", values.TileBytes(tileKeys));
        return model;
    }
}
