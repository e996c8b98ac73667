using KernelGen.Tensors;

namespace KernelGen.Kernels;

/// <summary>
/// One generated kernel: family, target, element type, head dim and slice size, with all that a plan and a launch need to know of it.
/// </summary>
public sealed class KernelVariant
{
    // 0 until the text was looked through, then 1 or 2: one word, so that threads need not agree on who looks.
    private int _masksAsked;

    /// <summary>Describes a CPU variant.</summary>
    /// <param name="id">Its id, such as <c>streaming-cpu-f16-d40-r128</c>.</param>
    /// <param name="family">Its family.</param>
    /// <param name="elementType">Its element type.</param>
    /// <param name="headDim">Its head dim.</param>
    /// <param name="sliceRows">Its slice size in query rows.</param>
    /// <param name="footprint">Its workspace formula.</param>
    /// <param name="cpu">Its kernels.</param>
    public KernelVariant(
        string id, KernelFamily family, ElementType elementType, int headDim, int sliceRows,
        KernelFootprint footprint, CpuKernelSet cpu)
        : this(id, family, KernelTarget.Cpu, elementType, headDim, sliceRows, footprint)
    {
        Cpu = cpu;
    }

    /// <summary>Describes a CUDA variant.</summary>
    /// <param name="id">Its id, such as <c>streaming-simt-f16-d40-r64</c>.</param>
    /// <param name="family">Its family.</param>
    /// <param name="target">Its target.</param>
    /// <param name="elementType">Its element type.</param>
    /// <param name="headDim">Its head dim.</param>
    /// <param name="sliceRows">Its slice size in query rows.</param>
    /// <param name="footprint">Its workspace formula.</param>
    /// <param name="cuda">Its source and stages.</param>
    public KernelVariant(
        string id, KernelFamily family, KernelTarget target, ElementType elementType, int headDim, int sliceRows,
        KernelFootprint footprint, CudaKernelSource cuda)
        : this(id, family, target, elementType, headDim, sliceRows, footprint)
    {
        Cuda = cuda;
    }

    private KernelVariant(
        string id, KernelFamily family, KernelTarget target, ElementType elementType, int headDim, int sliceRows,
        KernelFootprint footprint)
    {
        Id = id;
        Family = family;
        Target = target;
        ElementType = elementType;
        HeadDim = headDim;
        SliceRows = sliceRows;
        Footprint = footprint;
    }

    /// <summary>The unique name, <c>family-target-dtype-dHEADDIM-rROWS</c>.</summary>
    public string Id { get; }

    /// <summary>The family.</summary>
    public KernelFamily Family { get; }

    /// <summary>The target.</summary>
    public KernelTarget Target { get; }

    /// <summary>The element type.</summary>
    public ElementType ElementType { get; }

    /// <summary>The head dim.</summary>
    public int HeadDim { get; }

    /// <summary>
    /// The slice size: for <c>materialized</c> the most query rows of a slice, for <c>streaming</c> the rows of a tile (slices may be any
    /// length).
    /// </summary>
    public int SliceRows { get; }

    /// <summary>
    /// The most keys of a call that this variant takes, for those that hold all keys at once; 0 when it takes any number.
    /// </summary>
    public int MaximumKeys { get; init; }

    /// <summary>
    /// What has to be switched on for the planner to take it; <see cref="ExperimentalKernels.None"/> when it is always offered.
    /// </summary>
    public ExperimentalKernels Experimental { get; init; }

    /// <summary>The workspace formula.</summary>
    public KernelFootprint Footprint { get; }

    /// <summary>The kernels of a CPU variant; null for CUDA.</summary>
    public CpuKernelSet? Cpu { get; }

    /// <summary>The source of a CUDA variant; null for the CPU.</summary>
    public CudaKernelSource? Cuda { get; }

    /// <summary>The traits from which its time is predicted.</summary>
    public KernelTraits Traits { get; init; }

    /// <summary>The kernel copies Q, K and V by tensor maps, which demand that addresses and strides are multiples of 16 bytes.</summary>
    internal bool TakesTensorMaps => Cuda is { Stages: [{ TensorBoxes.Count: > 0 }, ..] };

    /// <summary>It writes the output by a tensor map, too.</summary>
    internal bool MapsOutput => Cuda is { Stages: [{ TensorBoxes.Count: > 3 }, ..] };

    /// <summary>
    /// The text asks whether it is compiled for calls with a general mask, so that <see cref="KernelSpecialization.GeneralMasks"/> makes
    /// another kernel of it.
    /// </summary>
    public bool TakesGeneralMasks
    {
        get
        {
            if (_masksAsked == 0)
                _masksAsked = Cuda is not null && (Asks(Cuda.Text()) || Cuda.Headers.Any(header => Asks(header.Text()))) ? 2 : 1;

            return _masksAsked == 2;
        }
    }

    /// <summary>The kernel that serves a kind of call: what changes nothing in its text is left out.</summary>
    /// <param name="specialization">The kind of call.</param>
    public SpecializedKernel Specialize(KernelSpecialization specialization) =>
        new(this, TakesGeneralMasks ? specialization : KernelSpecialization.None);

    private static bool Asks(ReadOnlySpan<byte> text) => text.IndexOf("KERNELGEN_GENERAL_MASKS"u8) >= 0;

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
