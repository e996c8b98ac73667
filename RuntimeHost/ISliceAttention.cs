using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;
using KernelGen.Tuning;

namespace KernelGen;

/// <summary>The members that the generator gives to every class with <see cref="SliceAttentionAttribute"/>.</summary>
public interface ISliceAttention
{
    /// <summary>Every kernel of the class.</summary>
    KernelCatalogue Kernels { get; }

    /// <summary>Plans a call: which variant runs, and in which slices, so that it fits the memory that is free now.</summary>
    /// <typeparam name="T">The element type: <see cref="Half"/>, <see cref="BFloat16"/> or <see cref="float"/>.</typeparam>
    /// <param name="shape">The sizes of the call.</param>
    /// <param name="options">Policy and wishes; the default is the policy <c>exact</c>.</param>
    /// <returns>
    /// A plan, which may be run any number of times; the same one for the same question until the free memory changes much.
    /// </returns>
    /// <exception cref="UnsupportedVariantException">The class has no kernel for the element type or head dim.</exception>
    /// <exception cref="AttentionMemoryException">Nothing fits; the message says what would.</exception>
    SlicePlan Plan<T>(in AttentionShape shape, PlanningOptions? options = null)
        where T : unmanaged;

    /// <summary>
    /// Gets a call ready before it is needed: plans it and compiles its kernel, and finds out which kernel is the fastest when <paramref
    /// name="tune"/> says so.
    /// </summary>
    /// <remarks>
    /// Tuning times the best predicted variants on tensors of the call's size, allocated beside yours and given back, for some tens of
    /// milliseconds each. The times are remembered, on disk beside the cubin cache as well, and hold for calls of the same kind: the same
    /// element type, head dim and causality, and sizes that round up to the same powers of two. The fastest may be of another family or
    /// target than the predicted one, and then the last bits of results differ from those before; each kernel gives the bits that it always
    /// gives. On the CPU there is nothing to tune. Calls are timed without a mask; with <see cref="PlanningOptions.Masked"/> the kernel
    /// that is got ready is the one with the code for masks.
    /// </remarks>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="shape">The sizes of the call.</param>
    /// <param name="options">As for <see cref="Plan"/>.</param>
    /// <param name="tune">Choose by measured time.</param>
    /// <param name="cancellationToken">Stops between kernels and samples.</param>
    /// <returns>The plan that the call gets from now on, and what was timed.</returns>
    /// <exception cref="Cuda.KernelCompilationException">The compiler refused the plan's kernel.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    WarmupReport Warmup<T>(
        in AttentionShape shape, PlanningOptions? options = null, bool tune = false, CancellationToken cancellationToken = default)
        where T : unmanaged;

    /// <summary>Runs a plan on tensors in host memory and returns when the output is complete.</summary>
    /// <typeparam name="T">The plan's element type.</typeparam>
    /// <param name="plan">A plan of this class, made with the same host.</param>
    /// <param name="query">Q, <c>[batch, heads, queries, headDim]</c> unless the options say otherwise.</param>
    /// <param name="key">K, <c>[batch, keyValueHeads, keys, headDim]</c> unless the options say otherwise.</param>
    /// <param name="value">V, shaped like K.</param>
    /// <param name="output">Receives the result, shaped like Q.</param>
    /// <param name="options">Scale, causal, mask, strides and more.</param>
    /// <returns>What ran, and the workspace that it really took.</returns>
    /// <exception cref="ArgumentException">
    /// The plan is of another class or host, a span is too short for the shape and strides, or dense and too long, or overlaps the output,
    /// or the options do not fit the plan.
    /// </exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; the output is incomplete.</exception>
    RunReport Run<T>(
        SlicePlan plan, ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, Span<T> output, AttentionOptions? options = null)
        where T : unmanaged;

    /// <summary>Runs a plan on raw addresses of the device's memory, in stream order: no allocation, no copy, no ownership.</summary>
    /// <param name="plan">A plan of this class, made with the same host.</param>
    /// <param name="arguments">Addresses, strides and flags; start from <see cref="AttentionHost.CreateArguments"/>.</param>
    /// <param name="stream">The device's stream; 0 on the CPU, where the call returns when the output is complete.</param>
    void Launch(SlicePlan plan, in KernelArguments arguments, nint stream = 0);
}
