using System.Collections.Immutable; using System.Threading; using KernelGen.Generator.Model; using KernelGen.Generator.Rendering;
namespace KernelGen.Generator.Emission;
internal static class SimtKernelUnit
{
    public const string PrimitivesHeaderName = "kernelgen_primitives.cuh";
    public static string Render(TemplateLibrary t, KernelConfiguration c, CancellationToken k) => "// " + c.Id;
    public static string RenderPrimitives(TemplateLibrary t) => "// primitives";
    public static KernelFootprint Footprint(KernelConfiguration c) => new(64, 1, 4, 0);
    public static ImmutableArray<CudaStage> Stages(KernelConfiguration c) => [];
    public static int StreamingTileRows(ElementType e, int d) => 64;
}
