using KernelGen.Generator.Model;

namespace KernelGen.Generator.Kernels.Common;

/// <summary>One kernel: which variants of it there are. It is stateless; <see cref="KernelDesigns.All"/> lists every design.</summary>
internal interface IKernelDesign
{
    /// <summary>The target whose requests it is asked about.</summary>
    KernelTarget Target { get; }

    /// <summary>The variants that answer a request, in the order of their emission; none where this kernel does not apply.</summary>
    IEnumerable<KernelVariant> Variants(KernelRequest request);
}
