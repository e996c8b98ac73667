using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Kernels;

/// <summary>A kernel for what the other designs leave out: Float32 on the target <c>sm80</c>.</summary>
internal sealed class FakeDesign : IKernelDesign
{
    public static KernelRequest Request { get; } = new(KernelTarget.Sm80, 40, ElementType.Float32, KernelFamily.Streaming, default);

    public static TemplateLibrary Templates { get; } = TemplateLibrary.Embedded.WithOverrides(
    [
        new("cuda/fake/kernel.cu.sbn", "constexpr int tile_rows = {{ tile_rows }};\n#include \"kernelgen_fake_part.cuh\"\n"),
        new("cuda/fake/part.cuh.sbn", "// A part of the fake kernel.\n"),
    ]);

    public KernelTarget Target => KernelTarget.Sm80;

    public IEnumerable<KernelVariant> Variants(KernelRequest request)
    {
        if (request is not { ElementType: ElementType.Float32, Family: KernelFamily.Streaming })
            yield break;

        KernelConfiguration configuration = new(request.Family, Target, request.ElementType, request.HeadDim, SliceRows: 96);
        yield return new CudaVariant(
            configuration,
            new(TileRows: 96, TileKeys: 32, BytesPerScore: 0, WorkerBytes: 0),
            new(ProductUnit.WarpProducts),
            CudaSourceName.Of(configuration),
            [new("fake", Threads: 96, SharedBytes: 0, RowsPerBlock: 96)],
            "cuda/fake/kernel.cu.sbn",
            new() { { "tile_rows", 96 } });
    }
}
