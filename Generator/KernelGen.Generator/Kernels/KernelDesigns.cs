using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Kernels.Cpu;
using KernelGen.Generator.Kernels.Simt;
using KernelGen.Generator.Kernels.Sm80;
using KernelGen.Generator.Kernels.Sm90a;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Kernels;

/// <summary>The kernel designs that there are. Everything that is emitted of a kernel is found by going over them.</summary>
internal sealed class KernelDesigns(ImmutableArray<IKernelDesign> designs)
{
    /// <summary>The designs of this generator. A target's designs answer in this order.</summary>
    public static KernelDesigns All { get; } = new(
    [
        new CpuDesign(),
        new SimtStreaming(),
        new SimtMaterialized(),
        new Sm80Streaming(),
        new Sm80ShortKeys(),
        new Sm80Materialized(),
        new Sm90aStreaming(),
        new Sm90aWideStreaming(),
        new Sm90aFloat32Streaming(),
        new Sm90aShortKeys(),
        new Sm90aMaterialized(),
    ]);

    /// <summary>These designs and one more.</summary>
    public KernelDesigns With(IKernelDesign design) => new(designs.Add(design));

    /// <summary>True when there is a kernel for a request.</summary>
    public bool Answer(KernelRequest request) => designs.Any(design => design.Target == request.Target && design.Variants(request).Any());

    /// <summary>The variants that answer the requests, each once, in the order in which they are emitted.</summary>
    public ImmutableArray<KernelVariant> Variants(IEnumerable<KernelRequest> requests)
    {
        HashSet<KernelConfiguration> seen = [];
        return
        [
            .. from request in requests
               from design in designs
               where design.Target == request.Target
               from variant in design.Variants(request)
               where seen.Add(variant.Configuration)
               select variant,
        ];
    }
}
