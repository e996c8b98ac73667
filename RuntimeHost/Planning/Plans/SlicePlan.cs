using KernelGen.Kernels;
using KernelGen.Planning.Policies;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>
/// How a call is cut into slices, on which variant, and why. Immutable; may be kept and used for any number of calls of the same shape.
/// </summary>
/// <remarks>Only hosts and <see cref="SlicePlanner"/> make plans, so that their memory figures can be relied on.</remarks>
public sealed class SlicePlan
{
    private readonly Content _content;
    private SlicePlan? _forUnalignedTensors;

    /// <summary>A plan of a policy on a kernel, the rest to be set.</summary>
    internal SlicePlan(KernelVariant variant, string policy) => _content = new(variant, policy);

    // Shares what does not depend on the number of keys; the rest is worked out when it is asked for.
    private SlicePlan(SlicePlan fewer, AttentionShape shape, long workspaceBytes) =>
        (_content, Shape, WorkspaceBytes, IsForMoreKeys) = (fewer._content, shape, workspaceBytes, true);

    /// <summary>The name of the class that it was planned for; null when it was made by <see cref="SlicePlanner"/>.</summary>
    public string? Owner
    {
        get => _content.Owner;
        internal init => _content.Owner = value;
    }

    /// <summary>The attention shape.</summary>
    public AttentionShape Shape { get; internal init; }

    /// <summary>The element type that was planned for.</summary>
    public ElementType ElementType
    {
        get => _content.ElementType;
        internal init => _content.ElementType = value;
    }

    /// <summary>The kernel that was taken.</summary>
    public KernelVariant Variant => _content.Variant;

    /// <summary>
    /// The kind of calls that the plan was made for, see <see cref="PlanningOptions.Masked"/>: what a GPU compiles the kernel for in
    /// <c>Warmup</c>. A call itself decides: without a mask it runs a kernel without the code for masks, whatever the plan says.
    /// </summary>
    public KernelSpecialization Specialization
    {
        get => _content.Specialization;
        internal init => _content.Specialization = value;
    }

    /// <summary>
    /// The plan was made for causal calls, see <see cref="PlanningOptions.Causal"/>; its calls then are causal without being told again. A
    /// plan that was not runs either kind, but predicts its time as for a call that is not.
    /// </summary>
    public bool Causal
    {
        get => _content.Causal;
        internal init => _content.Causal = value;
    }

    /// <summary>
    /// The plan was made for calls that want the attention map, see <see cref="PlanningOptions.CaptureMap"/>: its kernel holds the scores,
    /// which takes more memory and time, so that a call that does not want the map is refused.
    /// </summary>
    public bool CaptureMap
    {
        get => _content.CaptureMap;
        internal init => _content.CaptureMap = value;
    }

    /// <summary>The kernel as it is compiled for such calls.</summary>
    public SpecializedKernel Kernel => Variant.Specialize(Specialization);

    /// <summary>The policy's name.</summary>
    public string Policy => _content.Policy;

    /// <summary>The budget that was planned with.</summary>
    public MemoryBudget Budget
    {
        get => _content.Budget;
        internal init => _content.Budget = value;
    }

    /// <summary>The most heads (counted over batch * heads) of a slice.</summary>
    public int HeadsPerSlice
    {
        get => _content.HeadsPerSlice;
        internal init => _content.HeadsPerSlice = value;
    }

    /// <summary>The most query rows of a slice.</summary>
    public int RowsPerSlice
    {
        get => _content.RowsPerSlice;
        internal init => _content.RowsPerSlice = value;
    }

    /// <summary>
    /// Keys that are worked on at once: all, except where a preset asks for key chunks, which <c>streaming</c> kernels serve within a
    /// slice, and where blocks share rows: then the keys of a chunk, of which the last may have fewer.
    /// </summary>
    public int KeysPerSlice
    {
        get => IsForMoreKeys ? Shape.Keys : _content.KeysPerSlice;
        internal init => _content.KeysPerSlice = value;
    }

    /// <summary>
    /// As many as <see cref="KeyChunks"/> where the blocks of a GPU share rows, a chunk of the keys each, at the same time; 1 where a block
    /// goes over all keys. Does not show in the bits of a result: chunks are folded in the order of the keys either way.
    /// </summary>
    public int KeySplits
    {
        get => _content.KeySplits;
        internal init => _content.KeySplits = value;
    }

    /// <summary>
    /// Chunks of keys whose results are folded by way of the workspace: see <see cref="KernelFootprint.ChunkKeys"/>. 1 where the kernel
    /// takes all keys in one chain, or needs no room for what it folds.
    /// </summary>
    public int KeyChunks => Variant.Footprint.KeyChunks(Shape.Keys);

    /// <summary>Slices: head groups times row groups. 0 when there are no queries.</summary>
    public int SliceCount
    {
        get => _content.SliceCount;
        internal init => _content.SliceCount = value;
    }

    /// <summary>Bytes of workspace that a run takes: exactly this many.</summary>
    public long WorkspaceBytes { get; internal init; }

    /// <summary>
    /// Slices are of even size: heads differ by at most one, rows by at most one tile of the variant. When false, every slice but the last
    /// along an axis has the full size, as in the systems that the presets reproduce.
    /// </summary>
    public bool Balanced
    {
        get => _content.Balanced;
        internal init => _content.Balanced = value;
    }

    /// <summary>The policy's decision in its own terms.</summary>
    public PolicyDecision Decision
    {
        get => IsForMoreKeys ? Outcome.Decision : _content.Decision;
        internal init => _content.Decision = value;
    }

    /// <summary>The time that <see cref="KernelCostModel"/> predicts, scaled by a measurement where there is one.</summary>
    public double PredictedSeconds
    {
        get => IsForMoreKeys ? Outcome.PredictedSeconds : _content.PredictedSeconds;
        internal init => _content.PredictedSeconds = value;
    }

    /// <summary>The time comes from a measurement of the variant on this device: see <see cref="AttentionHost.Warmup"/>.</summary>
    public bool TimeIsMeasured
    {
        get => _content.TimeIsMeasured;
        internal init => _content.TimeIsMeasured = value;
    }

    /// <summary>
    /// The workspace is within <see cref="MemoryBudget.UsableBytes"/>. Always so for <c>exact</c>; a preset may have guessed too low.
    /// </summary>
    public bool FitsBudget => WorkspaceBytes <= Budget.UsableBytes;

    /// <summary>
    /// Every variant that was considered, in the order given, and why it was taken or left. Worked out anew on each call from what the plan
    /// was made from; only the variant itself when the plan was not made by <see cref="SlicePlanner"/>.
    /// </summary>
    public IReadOnlyList<PlanCandidate> Candidates =>
        Planner is not null
            ? Planner.Candidates(this)
            : [new(Variant, Taken: true, HeadsPerSlice, RowsPerSlice, SliceCount, WorkspaceBytes, PredictedSeconds: null, "given")];

    /// <summary>Workers that the workspace was counted for; no limit for a plan that was not made by <see cref="SlicePlanner"/>.</summary>
    internal int Workers => _content.Request is { } request ? request.Device.Workers : int.MaxValue;

    /// <summary>
    /// What stands for the host that made it; null when it was made by <see cref="SlicePlanner"/>, whose plans run on any host that can run
    /// the kernel.
    /// </summary>
    internal object? Maker
    {
        get => _content.Maker;
        init => _content.Maker = value;
    }

    /// <summary>The request that the plan was made from; null for one that was not made by <see cref="SlicePlanner"/>.</summary>
    internal PlanRequest? Request
    {
        get => IsForMoreKeys ? _content.Request!.Value with { Shape = Shape } : _content.Request;
        init => _content.Request = value;
    }

    /// <summary>The policy that made the plan from <see cref="Request"/>.</summary>
    internal SlicePolicy? Planner
    {
        get => _content.Planner;
        init => _content.Planner = value;
    }

    /// <summary>It was derived from a plan for fewer keys: see <see cref="WithMoreKeys"/>.</summary>
    private bool IsForMoreKeys { get; }

    private PlanOutcome Outcome => Planner!.WholeCall(Request!.Value, Variant);

    private SliceGroups HeadGroups =>
        Balanced ? SliceGroups.Balanced(Shape.TotalHeads, HeadsPerSlice) : SliceGroups.Ragged(Shape.TotalHeads, HeadsPerSlice);

    /// <summary>The slice with an index, in head-major order: all row slices of a head group come before those of the next group.</summary>
    /// <param name="index">From 0 to <see cref="SliceCount"/>, exclusive.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slice.</exception>
    public SliceRange this[int index]
    {
        get
        {
            if ((uint)index >= (uint)SliceCount)
                throw new ArgumentOutOfRangeException(
                    nameof(index), index, Invariant($"The plan has {SliceCount} slices, counted from 0."));

            int rowGroups = SliceGroups.CeilingDivide(Shape.Queries, RowsPerSlice);
            (int headGroup, int rowGroup) = Math.DivRem(index, rowGroups);
            SliceGroups heads = HeadGroups;
            int headBegin = heads.Begin(headGroup);
            int rowBegin = RowBegin(rowGroup);
            return new(headBegin, heads.Begin(headGroup + 1) - headBegin, rowBegin, RowBegin(rowGroup + 1) - rowBegin);
        }
    }

    /// <summary>
    /// The plan to go on with when an allocation failed in spite of this one; null when there is none, and the failure is to be reported.
    /// </summary>
    /// <remarks>
    /// <c>exact</c> halves the heads of a slice, then its rows, down to one tile. <c>comfyui-split</c> doubles its steps up to 64, as its
    /// original does (which, as there, changes nothing when the rows cannot be divided). The other originals give up.
    /// </remarks>
    public SlicePlan? NextAfterOutOfMemory() => Planner?.NextAfterOutOfMemory(this);

    /// <summary>The same call on the same variant in slices of another size: what really ran when memory ran out half-way.</summary>
    /// <param name="heads">Heads of a slice.</param>
    /// <param name="rows">Query rows of a slice.</param>
    internal SlicePlan WithSlices(int heads, int rows) => Of(Variant, heads, rows, KeysPerSlice, KeySplits);

    /// <summary>
    /// The plan that is made for the same call with more keys, where <see cref="ExactPolicy.HoldsForMoreKeys"/> says that it is of the
    /// same variant and in one slice, too.
    /// </summary>
    /// <param name="keys">Keys; more than of this plan.</param>
    internal SlicePlan WithMoreKeys(int keys)
    {
        AttentionShape shape = new(Shape.Batch, Shape.Heads, Shape.Queries, keys, Shape.HeadDim, Shape.KeyValueHeads);
        return new(this, shape, Variant.Footprint.Bytes(HeadsPerSlice, RowsPerSlice, keys, Workers));
    }

    /// <summary>
    /// The variant that runs instead where the kernel copies its tensors by tensor maps and their addresses or strides rule that out; null
    /// when the kernel takes any, or there is no other.
    /// </summary>
    internal KernelVariant? VariantForUnalignedTensors
    {
        get
        {
            if (Request is not { } request || !Variant.TakesTensorMaps)
                return null;

            // Newer targets come last; kernels for few keys take the place of their like.
            KernelVariant? best = null;
            foreach (KernelVariant candidate in request.Variants.Span)
            {
                if (candidate.Family == Variant.Family && !candidate.TakesTensorMaps && candidate.Cuda is not null
                    && request.Allows(candidate)
                    && (best is null || Rank(candidate).CompareTo(Rank(best)) > 0))
                {
                    best = candidate;
                }
            }

            return best;
        }
    }

    /// <summary>
    /// The plan that runs instead, on <see cref="VariantForUnalignedTensors"/>: in the same slices, or in smaller ones where its workspace
    /// would be larger than what was planned, and with blocks that share rows where their partial results fit it. Null when there is none.
    /// Made once, so that calls that need it allocate nothing either.
    /// </summary>
    internal SlicePlan? ForUnalignedTensors =>
        _forUnalignedTensors ??= VariantForUnalignedTensors is { } variant ? WithVariant(variant) : null;

    /// <summary>Goes through the slices without allocating.</summary>
    public SliceEnumerator GetEnumerator() => new(this);

    /// <summary>
    /// A table a person can read: every variant considered, its footprint and predicted time, and why it was taken or left. At most 120
    /// columns wide.
    /// </summary>
    public string Explain() => PlanExplanation.Text(this);

    /// <summary>The plan in one line.</summary>
    public override string ToString() => SliceCount == 0
        ? $"{Variant.Id}: nothing to run ({Policy})"
        : $"{Variant.Id}: {Count(SliceCount, "slice")} of {Count(HeadsPerSlice, "head")} x {Count(RowsPerSlice, "row")}, "
            + $"{ByteSize.Text(WorkspaceBytes)} workspace ({Policy})";

    private static string Count(int count, string thing) => Invariant($"{count} {thing}{(count == 1 ? "" : "s")}");

    // First of all one that can run in what was planned, if only tile by tile.
    private (bool Fits, KernelTarget Target, bool SameKeys, bool KeepsSplits, int SliceRows) Rank(KernelVariant candidate) =>
        (candidate.Footprint.Bytes(1, 1, Shape.Keys, workers: 0) <= WorkspaceBytes, candidate.Target,
            candidate.MaximumKeys == Variant.MaximumKeys,
            KeepsSplits(candidate), candidate.SliceRows);

    private bool KeepsSplits(KernelVariant variant) => KeySplits > 1 && variant.Footprint.KeyChunks(Shape.Keys) > 1
        && variant.Footprint.Bytes(HeadsPerSlice, RowsPerSlice, Shape.Keys, workers: 0, variant.Footprint.KeyChunks(Shape.Keys))
            <= WorkspaceBytes;

    private SlicePlan WithVariant(KernelVariant variant)
    {
        int splits = KeepsSplits(variant) ? variant.Footprint.KeyChunks(Shape.Keys) : 1;
        SliceSize size = new(HeadsPerSlice, RowsPerSlice);
        while (variant.Footprint.Bytes(size.Heads, size.Rows, Shape.Keys, workers: 0, splits) > WorkspaceBytes
            && size.TryHalve(variant.Footprint.TileRows, out SliceSize smaller))
            size = smaller;

        int keys = splits > 1 || KeySplits > 1 ? KeyChunkRule.KeysOfBlock(variant, Shape.Keys, splits) : KeysPerSlice;
        return Of(variant, size.Heads, size.Rows, keys, splits);
    }

    // What was planned, run in another way.
    private SlicePlan Of(KernelVariant variant, int heads, int rows, int keysPerSlice, int keySplits) => new(variant, Policy)
    {
        Owner = Owner,
        Maker = Maker,
        Shape = Shape,
        ElementType = ElementType,
        Causal = Causal,
        Specialization = Specialization,
        Budget = Budget,
        HeadsPerSlice = heads,
        RowsPerSlice = rows,
        KeysPerSlice = keysPerSlice,
        KeySplits = keySplits,
        SliceCount = SliceGroups.CeilingDivide(Shape.TotalHeads, heads) * SliceGroups.CeilingDivide(Shape.Queries, rows),
        WorkspaceBytes = variant.Footprint.Bytes(heads, rows, Shape.Keys, workers: 0, keySplits),
        Decision = Decision,
    };

    private int RowBegin(int group)
    {
        if (!Balanced)
            return (int)Math.Min((long)group * RowsPerSlice, Shape.Queries);

        int tileRows = Variant.Footprint.TileRows;
        int tiles = SliceGroups.CeilingDivide(Shape.Queries, tileRows);
        SliceGroups groups = SliceGroups.Balanced(tiles, SliceGroups.CeilingDivide(RowsPerSlice, tileRows));
        return (int)Math.Min((long)groups.Begin(group) * tileRows, Shape.Queries);
    }

    // Set while a plan is made, and never again.
    private sealed class Content(KernelVariant variant, string policy)
    {
        public KernelVariant Variant => variant;

        public string Policy => policy;

        public string? Owner;
        public ElementType ElementType;
        public KernelSpecialization Specialization;
        public bool Causal;
        public bool CaptureMap;
        public MemoryBudget Budget;
        public int HeadsPerSlice;
        public int RowsPerSlice;
        public int KeysPerSlice;
        public int KeySplits = 1;
        public int SliceCount;
        public bool Balanced;
        public PolicyDecision Decision;
        public double PredictedSeconds;
        public bool TimeIsMeasured;
        public object? Maker;
        public PlanRequest? Request;
        public SlicePolicy? Planner;
    }
}
