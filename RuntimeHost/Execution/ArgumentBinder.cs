using System.Runtime.InteropServices;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Execution;

/// <summary>
/// Turns a plan and options into <see cref="KernelArguments"/>, and checks host tensors against them before a kernel may touch them.
/// </summary>
internal static class ArgumentBinder
{
    private const float Log2E = 1.44269504f;

    /// <summary>Everything but the addresses.</summary>
    /// <exception cref="ArgumentException">The options do not fit the plan.</exception>
    public static KernelArguments Bind(SlicePlan plan, AttentionOptions options)
    {
        AttentionShape shape = plan.Shape;

        // Kernels fold log2(e) into the scale.
        float scale = options.Scale ?? (float)(1.0 / Math.Sqrt(shape.HeadDim));
        if (!float.IsFinite(scale * Log2E))
        {
            throw new ArgumentException(
                Invariant($"The scale is {scale}; it must be a finite number below 2e38."),
                nameof(options));
        }

        if (!options.Map.IsEmpty && plan.Variant.Family != KernelFamily.Materialized)
        {
            throw new ArgumentException(
                $"The attention map was asked for, but the plan runs {plan.Variant.Id}, which never holds it. Plan with "
                    + "PlanningOptions.CaptureMap = true, or with what options.ForPlanning() says.",
                nameof(options));
        }

        if (plan.Causal && options.Causal == false)
        {
            throw new ArgumentException("The plan is for causal calls, and the options say Causal = false. Plan without "
                + "PlanningOptions.Causal, or leave the options' null.", nameof(options));
        }

        TensorStrides output = Strides(options.OutputStrides, "output", options.Layout, shape.Heads, shape.Queries, shape.HeadDim);
        CheckRowsApart(output, shape, nameof(options));
        return new()
        {
            QueryStrides = Strides(options.QueryStrides, "query", options.Layout, shape.Heads, shape.Queries, shape.HeadDim),
            KeyStrides = Strides(options.KeyStrides, "key", options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim),
            ValueStrides = Strides(options.ValueStrides, "value", options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim),
            OutputStrides = output,
            MaskStrides = options.Mask?.StridesFor(shape) ?? default,
            MaskKind = (int)(options.Mask?.Kind ?? MaskKind.None),
            Heads = shape.Heads,
            KeyValueHeads = shape.KeyValueHeads,
            Queries = shape.Queries,
            Keys = shape.Keys,
            Scale = scale,
            Causal = options.Causal ?? plan.Causal ? 1 : 0,
            KeySplits = plan.KeySplits,
        };
    }

    /// <summary>
    /// Checks that host tensors are as long as shape and strides need; a dense one must not be longer, either, for then it is of another
    /// shape.
    /// </summary>
    /// <exception cref="ArgumentException">One is not; the message says which, how long it is and how long it must be.</exception>
    public static void CheckLengths(
        in AttentionShape shape, in KernelArguments arguments, AttentionOptions options, long query, long key, long value, long output)
    {
        Check("query", query, arguments.QueryStrides.Extent(shape.Batch, shape.Heads, shape.Queries, shape.HeadDim), options.QueryStrides,
            shape);
        Check("key", key, arguments.KeyStrides.Extent(shape.Batch, shape.KeyValueHeads, shape.Keys, shape.HeadDim), options.KeyStrides,
            shape);
        Check("value", value, arguments.ValueStrides.Extent(shape.Batch, shape.KeyValueHeads, shape.Keys, shape.HeadDim),
            options.ValueStrides, shape);
        Check("output", output, arguments.OutputStrides.Extent(shape.Batch, shape.Heads, shape.Queries, shape.HeadDim),
            options.OutputStrides, shape);
        if (!options.Map.IsEmpty)
        {
            Check("map", options.Map.Length, shape.ScoreElements, strides: null, shape, nameof(options));
        }

        if (!options.LogSumExp.IsEmpty)
        {
            Check("log-sum-exp", options.LogSumExp.Length, (long)shape.TotalHeads * shape.Queries, strides: null, shape, nameof(options));
        }
    }

    /// <summary>Checks that nothing that is written shares memory with anything else.</summary>
    /// <exception cref="ArgumentException">Something does; the message says which.</exception>
    public static void CheckOverlaps(
        AttentionOptions options, ReadOnlySpan<byte> query, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ReadOnlySpan<byte> output)
    {
        ReadOnlySpan<byte> map = MemoryMarshal.AsBytes(options.Map.Span);
        ReadOnlySpan<byte> logSumExp = MemoryMarshal.AsBytes(options.LogSumExp.Span);
        ReadOnlySpan<byte> mask = options.Mask is { } given ? given.Bytes : default;
        CheckWritten("output", nameof(output), output, query, key, value, mask);
        CheckWritten("map", nameof(options), map, query, key, value, mask);
        CheckWritten("log-sum-exp", nameof(options), logSumExp, query, key, value, mask);
        if (output.Overlaps(map) || output.Overlaps(logSumExp) || map.Overlaps(logSumExp))
        {
            throw new ArgumentException("Output, map and log-sum-exp overlap; each needs memory of its own.", nameof(options));
        }
    }

    /// <summary>Checks that the arguments of a launch are those of a plan.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static void CheckLaunch(SlicePlan plan, in KernelArguments arguments)
    {
        AttentionShape shape = plan.Shape;
        if (arguments.Heads != shape.Heads || arguments.KeyValueHeads != shape.KeyValueHeads || arguments.Queries != shape.Queries
            || arguments.Keys != shape.Keys
            || Math.Max(arguments.KeySplits, 1) != plan.KeySplits || (plan.Causal && arguments.Causal == 0))
        {
            throw new ArgumentException(
                "The arguments are not for the plan's shape, key splits and causality. Start from AttentionHost.CreateArguments(plan) "
                    + "and set the addresses.",
                nameof(arguments));
        }

        if (shape.Queries > 0
            && (arguments.Query == 0 || arguments.Output == 0 || (shape.Keys > 0 && (arguments.Key == 0 || arguments.Value == 0))))
        {
            throw new ArgumentException("The address of the query, key, value or output tensor is 0. Set all four.", nameof(arguments));
        }

        if (!Enum.IsDefined((MaskKind)arguments.MaskKind)
            || (arguments.MaskKind != (int)MaskKind.None && arguments.Mask == 0 && shape.ScoreElements > 0))
        {
            throw new ArgumentException(
                "The arguments have a kind of mask and no address of one. Set Mask, or make them without a mask.", nameof(arguments));
        }

        if (arguments.Map != 0 && plan.Variant.Family != KernelFamily.Materialized)
        {
            throw new ArgumentException(
                $"The arguments have an address for the map, but the plan runs {plan.Variant.Id}, which never holds it. Plan with "
                    + "PlanningOptions.CaptureMap = true.",
                nameof(arguments));
        }

        CheckMapIsWanted(plan, arguments.Map != 0, nameof(arguments));
        CheckRowsApart(arguments.OutputStrides, shape, nameof(arguments));
    }

    /// <summary>Checks that a plan for calls that want the attention map runs such a call.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void CheckMapIsWanted(SlicePlan plan, bool isWanted, string parameter)
    {
        if (plan.CaptureMap && !isWanted && plan.Shape.ScoreElements > 0)
        {
            throw new ArgumentException(
                $"The plan is for calls that want the attention map, and the {parameter} have no Map. Set it, or plan without "
                    + "PlanningOptions.CaptureMap.", parameter);
        }
    }

    private static void CheckWritten(
        string name, string parameter, ReadOnlySpan<byte> written, ReadOnlySpan<byte> query, ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask)
    {
        if (written.Overlaps(query) || written.Overlaps(key) || written.Overlaps(value) || written.Overlaps(mask))
        {
            throw new ArgumentException(
                $"The {name} overlaps query, key, value or mask; slices that run later would read what earlier ones wrote.", parameter);
        }
    }

    private static void Check(
        string name, long given, long needed, TensorStrides? strides, in AttentionShape shape, string? parameter = null)
    {
        if (given < needed)
        {
            throw new ArgumentException(
                Invariant($"The {name} tensor has {given} elements; {shape} with its strides needs {needed}."),
                parameter ?? name);
        }

        if (given > needed && strides is null)
        {
            throw new ArgumentException(
                Invariant($"The {name} tensor has {given} elements; {shape}, dense, has {needed}. Plan for the shape that the tensors ")
                    + "have, cut the span, or give strides.",
                parameter ?? name);
        }
    }

    private static TensorStrides Strides(TensorStrides? given, string name, AttentionLayout layout, int heads, int rows, int headDim)
    {
        if (given is null && layout is not (AttentionLayout.BatchHeadsRows or AttentionLayout.BatchRowsHeads))
        {
            throw new ArgumentException(
                $"The layout is {(int)layout}; it must be BatchHeadsRows or BatchRowsHeads, or give strides.", "options");
        }

        TensorStrides strides = given ?? TensorStrides.Dense(layout, heads, rows, headDim);
        if (strides.Batch < 0 || strides.Head < 0 || strides.Row < 0)
        {
            throw new ArgumentException($"The {name} strides are {strides}; none may be negative.", "options");
        }

        return strides;
    }

    // Sorted by stride, each axis must step over all that lies within it; then no two rows share an element.
    private static void CheckRowsApart(TensorStrides strides, in AttentionShape shape, string parameter)
    {
        if (shape.Queries == 0)
        {
            return;
        }

        Span<long> steps = [strides.Row, strides.Head, strides.Batch];
        Span<int> sizes = [shape.Queries, shape.Heads, shape.Batch];
        SortThree(steps, sizes);
        Int128 extent = shape.HeadDim;
        for (int axis = 0; axis < steps.Length; axis++)
        {
            (long stride, int size) = (steps[axis], sizes[axis]);
            if (size > 1 && stride < extent)
            {
                throw new ArgumentException(
                    Invariant($"The output strides are {strides}; rows of {shape.HeadDim} elements would overlap."), parameter);
            }

            extent += (Int128)(size - 1) * stride;
        }
    }

    private static void SortThree(Span<long> keys, Span<int> values)
    {
        foreach (int at in (ReadOnlySpan<int>)[0, 1, 0])
        {
            if (keys[at] > keys[at + 1])
            {
                (keys[at], keys[at + 1]) = (keys[at + 1], keys[at]);
                (values[at], values[at + 1]) = (values[at + 1], values[at]);
            }
        }
    }
}
