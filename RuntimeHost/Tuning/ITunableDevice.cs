using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Tuning;

/// <summary>A device whose kernels can be compiled ahead and timed.</summary>
internal interface ITunableDevice
{
    /// <summary>The identity of device and driver; times of others are not comparable.</summary>
    string TimingIdentity { get; }

    /// <summary>The folder of the file that times are remembered in; null remembers them for this process alone.</summary>
    string? MeasurementFolder { get; }

    /// <summary>The code of a variant, for calls without a mask, as a hash: a time is of this code and of no other.</summary>
    string CodeIdentity(KernelVariant variant);

    /// <summary>Compiles and loads kernels, several at once.</summary>
    void Warmup(IEnumerable<SpecializedKernel> kernels, IProgress<int>? progress, CancellationToken cancellationToken);

    /// <summary>
    /// Blocks of a variant's first launch that a multiprocessor runs at once, by the kernel for calls without a mask; null when it is not
    /// loaded.
    /// </summary>
    int? ResidentBlocks(KernelVariant variant);

    /// <summary>Allocates tensors of a call and fills them with numbers.</summary>
    /// <exception cref="Exception">One that <see cref="IsOutOfMemory"/> knows: there is no memory for them.</exception>
    ITimedTensors AllocateTensors(in AttentionShape shape, ElementType elementType);

    /// <summary>A failure that is one variant's alone: others can still be timed.</summary>
    bool IsOfOneKernel(Exception fault);

    /// <summary>A failure for lack of memory.</summary>
    bool IsOutOfMemory(Exception fault);
}
