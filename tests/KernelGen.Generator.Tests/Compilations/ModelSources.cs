namespace KernelGen.Generator.Tests.Compilations;

/// <summary>User code that tests run the generator on.</summary>
internal static class ModelSources
{
    /// <summary>One head dim, every family and target.</summary>
    public const string OneHeadDim =
        """
        using KernelGen;
        using KernelGen.Tensors;

        namespace Models;

        [SliceAttention(HeadDims = [40], ElementTypes = [ElementType.Float16], SliceRows = [512])]
        public sealed partial class OneHeadDim;
        """;

    /// <summary>Nested in a struct, in the global namespace, streaming on the CPU only.</summary>
    public const string Nested =
        """
        using KernelGen;
        using KernelGen.Kernels;
        using KernelGen.Tensors;

        public partial struct Outer
        {
            [SliceAttention(
                HeadDims = [8],
                ElementTypes = [ElementType.Float32],
                Families = [KernelFamily.Streaming],
                Targets = [KernelTarget.Cpu])]
            internal partial class Nested;
        }
        """;

    /// <summary>The largest head dim, in every element type, on the GPU only.</summary>
    public const string LargestHeadDim =
        """
        using KernelGen;
        using KernelGen.Kernels;

        namespace Models;

        [SliceAttention(HeadDims = [512], SliceRows = [128], Targets = [KernelTarget.Simt])]
        public sealed partial class LargestHeadDim;
        """;

    /// <summary>Every kind of Hopper kernel: streaming, wide, for few keys, materialized, for Float32.</summary>
    public const string Hopper =
        """
        using KernelGen;
        using KernelGen.Kernels;
        using KernelGen.Tensors;

        namespace Models;

        [SliceAttention(
            HeadDims = [64, 384],
            ElementTypes = [ElementType.Float16, ElementType.Float32],
            SliceRows = [512],
            Targets = [KernelTarget.Sm90a])]
        public sealed partial class Hopper;
        """;
}
