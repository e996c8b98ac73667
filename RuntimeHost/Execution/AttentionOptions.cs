using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Execution;

/// <summary>
/// How one attention call is run. Key/value heads are part of the <see cref="AttentionShape"/>, because memory depends on them.
/// </summary>
public sealed record AttentionOptions
{
    /// <summary>The options of a plain call: dense <c>[B, H, L, D]</c>, scale <c>1 / sqrt(d)</c>, no mask, not causal.</summary>
    public static AttentionOptions Default { get; } = new();

    /// <summary>The factor of the scores; <c>1 / sqrt(head dim)</c> when null.</summary>
    public float? Scale { get; init; }

    /// <summary>
    /// Key j is visible to query i only when j &lt;= i (aligned at the upper left). What the plan was made for when null; a plan for causal
    /// calls cannot run one that is told not to be.
    /// </summary>
    public bool? Causal { get; init; }

    /// <summary>A mask, or null.</summary>
    public AttentionMask? Mask { get; init; }

    /// <summary>The layout of all four tensors, unless strides are given.</summary>
    public AttentionLayout Layout { get; init; }

    /// <summary>Strides of the queries in elements; dense in <see cref="Layout"/> when null.</summary>
    public TensorStrides? QueryStrides { get; init; }

    /// <summary>Strides of the keys in elements, over key/value heads; dense in <see cref="Layout"/> when null.</summary>
    public TensorStrides? KeyStrides { get; init; }

    /// <summary>Strides of the values in elements, over key/value heads; dense in <see cref="Layout"/> when null.</summary>
    public TensorStrides? ValueStrides { get; init; }

    /// <summary>Strides of the output in elements; dense in <see cref="Layout"/> when null.</summary>
    public TensorStrides? OutputStrides { get; init; }

    /// <summary>
    /// Receives the attention probabilities, fp32 <c>[batch, heads, queries, keys]</c>. Empty: not wanted. The plan must have been made
    /// with <c>CaptureMap</c>.
    /// </summary>
    public Memory<float> Map { get; init; }

    /// <summary>
    /// Receives the natural log-sum-exp of each row's scaled and masked scores, fp32 <c>[batch, heads, queries]</c>; negative infinity for
    /// a row that sees no key. Empty: not wanted. With it, results over disjoint ranges of keys can be merged exactly. The error is that of
    /// fp32, but for streaming kernels of the target <c>sm90a</c> up to head dim 64, which take some exponentials from a polynomial: there
    /// it is at most 1.1e-4.
    /// </summary>
    public Memory<float> LogSumExp { get; init; }

    /// <summary>
    /// Look at the output for NaN and infinity and count the rows that hold any in <see cref="RunReport.NonFiniteRows"/>.
    /// </summary>
    public bool CheckFinite { get; init; }

    /// <summary>Told after each finished slice, on the calling thread.</summary>
    public IProgress<AttentionProgress>? Progress { get; init; }

    /// <summary>Stops the call between tiles with an <see cref="OperationCanceledException"/>; the output is then incomplete.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>
    /// What these options say of a plan: causal, masked, and whether the map is wanted, so that it need not be said twice.
    /// </summary>
    /// <param name="wishes">Policy and whatever else is asked of the plan; the defaults when null.</param>
    public PlanningOptions ForPlanning(PlanningOptions? wishes = null) => (wishes ?? PlanningOptions.Default) with
    {
        Causal = Causal ?? false,
        CaptureMap = !Map.IsEmpty,
        Masked = Mask is not null,
    };
}
