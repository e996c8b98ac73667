using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Kernels.Sm80;

internal static class Sm80Model
{
    public static TemplateObject Create(
        CudaSourceName source, ElementType elementType, int headDim, int chunkKeys, int threads = Sm80Limits.Threads)
    {
        Sm80Rows rows = Sm80Rows.For(headDim);
        return new()
        {
            { "id", source.Id },
            { "entry_point", source.EntryPoint },
            { "element", elementType.CudaName() },
            { "element_name", elementType.ToString() },
            { "head_dim", headDim },
            { "threads", threads },
            { "row_bytes", rows.Bytes },
            { "swizzled", rows.Swizzled },
            { "chunk_keys", chunkKeys },
        };
    }
}
