using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen;

/// <summary>Calls in one line, and calls that are awaited, for every class with <see cref="SliceAttentionAttribute"/>.</summary>
public static class SliceAttentionExtensions
{
    /// <summary>Plans a call and runs it on tensors in host memory; returns when the output is complete.</summary>
    /// <remarks>
    /// The plan is that of <see cref="ISliceAttention.Plan"/> for what the options say (causal, mask, map), with the policy <c>exact</c>;
    /// it is made once and found again by later calls. Whoever wants to look at it, or another policy, plans and runs in two calls.
    /// </remarks>
    /// <typeparam name="T">The element type: <see cref="Half"/>, <see cref="BFloat16"/> or <see cref="float"/>.</typeparam>
    /// <param name="attention">The annotated class.</param>
    /// <param name="shape">The sizes of the call.</param>
    /// <param name="query">Q, <c>[batch, heads, queries, headDim]</c> unless the options say otherwise.</param>
    /// <param name="key">K, <c>[batch, keyValueHeads, keys, headDim]</c> unless the options say otherwise.</param>
    /// <param name="value">V, shaped like K.</param>
    /// <param name="output">Receives the result, shaped like Q.</param>
    /// <param name="options">Scale, causal, mask, strides and more.</param>
    /// <returns>What ran, its plan, and the workspace that it really took.</returns>
    /// <exception cref="UnsupportedVariantException">The class has no kernel for the element type or head dim.</exception>
    /// <exception cref="AttentionMemoryException">Nothing fits; the message says what would.</exception>
    /// <exception cref="ArgumentException">A span does not fit the shape and strides, or overlaps the output, or the options are at
    /// odds.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; the output is incomplete.</exception>
    public static RunReport Run<T>(
        this ISliceAttention attention,
        in AttentionShape shape,
        ReadOnlySpan<T> query,
        ReadOnlySpan<T> key,
        ReadOnlySpan<T> value,
        Span<T> output,
        AttentionOptions? options = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(attention);
        return attention.Run(attention.Plan<T>(shape, options?.ForPlanning()), query, key, value, output, options);
    }

    /// <summary>Runs a plan on a thread of the pool; see <see cref="ISliceAttention.Run"/>.</summary>
    /// <remarks>
    /// For callers whose own thread must stay free. The call is not faster, and it holds its thread until it is done: those of one device
    /// wait for each other. The tensors must stay as they are until the task has ended. Faults are those of the task.
    /// </remarks>
    /// <typeparam name="T">The plan's element type.</typeparam>
    /// <param name="attention">The annotated class.</param>
    /// <param name="plan">A plan of this class, made with the same host.</param>
    /// <param name="query">Q, <c>[batch, heads, queries, headDim]</c> unless the options say otherwise.</param>
    /// <param name="key">K, <c>[batch, keyValueHeads, keys, headDim]</c> unless the options say otherwise.</param>
    /// <param name="value">V, shaped like K.</param>
    /// <param name="output">Receives the result, shaped like Q.</param>
    /// <param name="options">Scale, causal, mask, strides and more. Its token also ends a call that has not begun yet.</param>
    /// <returns>What ran, and the workspace that it really took.</returns>
    public static Task<RunReport> RunAsync<T>(
        this ISliceAttention attention,
        SlicePlan plan,
        ReadOnlyMemory<T> query,
        ReadOnlyMemory<T> key,
        ReadOnlyMemory<T> value,
        Memory<T> output,
        AttentionOptions? options = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(attention);
        ArgumentNullException.ThrowIfNull(plan);
        return Task.Run(
            () => attention.Run(plan, query.Span, key.Span, value.Span, output.Span, options),
            options?.CancellationToken ?? CancellationToken.None);
    }

    /// <summary>Plans a call and runs it, both on a thread of the pool; see <see cref="Run"/>.</summary>
    /// <remarks>As for a plan that is at hand.</remarks>
    /// <typeparam name="T">The element type: <see cref="Half"/>, <see cref="BFloat16"/> or <see cref="float"/>.</typeparam>
    /// <param name="attention">The annotated class.</param>
    /// <param name="shape">The sizes of the call.</param>
    /// <param name="query">Q, <c>[batch, heads, queries, headDim]</c> unless the options say otherwise.</param>
    /// <param name="key">K, <c>[batch, keyValueHeads, keys, headDim]</c> unless the options say otherwise.</param>
    /// <param name="value">V, shaped like K.</param>
    /// <param name="output">Receives the result, shaped like Q.</param>
    /// <param name="options">Scale, causal, mask, strides and more. Its token also ends a call that has not begun yet.</param>
    /// <returns>What ran, its plan, and the workspace that it really took.</returns>
    public static Task<RunReport> RunAsync<T>(
        this ISliceAttention attention,
        AttentionShape shape,
        ReadOnlyMemory<T> query,
        ReadOnlyMemory<T> key,
        ReadOnlyMemory<T> value,
        Memory<T> output,
        AttentionOptions? options = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(attention);
        return Task.Run(
            () => attention.Run(shape, query.Span, key.Span, value.Span, output.Span, options),
            options?.CancellationToken ?? CancellationToken.None);
    }
}
