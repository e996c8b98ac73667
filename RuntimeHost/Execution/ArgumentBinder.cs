using System.Globalization;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Execution;

/// <summary>Turns a plan and options into <see cref="KernelArguments"/>, and checks host tensors against them before a kernel may touch them.</summary>
internal static class ArgumentBinder
{
    /// <summary>Everything but the addresses.</summary>
    /// <exception cref="ArgumentException">The options do not fit the plan.</exception>
    public static KernelArguments Bind(SlicePlan plan, AttentionOptions options)
    {
        AttentionShape shape = plan.Shape;
        float scale = options.Scale ?? (float)(1.0 / Math.Sqrt(shape.HeadDim));
        if (!float.IsFinite(scale))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The scale is {scale}; it must be a finite number."));
        }

        if (!options.Map.IsEmpty && plan.Variant.Family != KernelFamily.Materialized)
        {
            throw new ArgumentException(
                $"The attention map was asked for, but the plan runs {plan.Variant.Id}, which never holds it. Plan with PlanningOptions.CaptureMap = true.");
        }

        return new()
        {
            QueryStrides = Strides(options.QueryStrides, "query", options.Layout, shape.Heads, shape.Queries, shape.HeadDim),
            KeyStrides = Strides(options.KeyStrides, "key", options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim),
            ValueStrides = Strides(options.ValueStrides, "value", options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim),
            OutputStrides = OutputStrides(options, shape),
            MaskStrides = options.Mask?.StridesFor(shape) ?? default,
            MaskKind = (int)(options.Mask?.Kind ?? MaskKind.None),
            Heads = shape.Heads,
            KeyValueHeads = shape.KeyValueHeads,
            Queries = shape.Queries,
            Keys = shape.Keys,
            Scale = scale,
            Causal = options.Causal ? 1 : 0,
            KeySplits = plan.KeySplits,
        };
    }

    /// <summary>Checks that host tensors are as long as shape and strides need.</summary>
    /// <exception cref="ArgumentException">One is not; the message says which, how long it is and how long it must be.</exception>
    public static void CheckLengths(
        in AttentionShape shape, in KernelArguments arguments, AttentionOptions options, long query, long key, long value, long output)
    {
        Check("query", query, arguments.QueryStrides.Extent(shape.Batch, shape.Heads, shape.Queries, shape.HeadDim), shape);
        Check("key", key, arguments.KeyStrides.Extent(shape.Batch, shape.KeyValueHeads, shape.Keys, shape.HeadDim), shape);
        Check("value", value, arguments.ValueStrides.Extent(shape.Batch, shape.KeyValueHeads, shape.Keys, shape.HeadDim), shape);
        Check("output", output, arguments.OutputStrides.Extent(shape.Batch, shape.Heads, shape.Queries, shape.HeadDim), shape);
        if (!options.Map.IsEmpty)
        {
            Check("map", options.Map.Length, shape.ScoreElements, shape);
        }

        if (!options.LogSumExp.IsEmpty)
        {
            Check("log-sum-exp", options.LogSumExp.Length, (long)shape.TotalHeads * shape.Queries, shape);
        }
    }

    private static void Check(string name, long given, long needed, in AttentionShape shape)
    {
        if (given < needed)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"The {name} tensor has {given} elements; {shape} with its strides needs {needed}."));
        }
    }

    private static TensorStrides Strides(TensorStrides? given, string name, AttentionLayout layout, int heads, int rows, int headDim)
    {
        TensorStrides strides = given ?? TensorStrides.Dense(layout, heads, rows, headDim);
        if (strides.Batch < 0 || strides.Head < 0 || strides.Row < 0)
        {
            throw new ArgumentException($"The {name} strides are {strides}; none may be negative.");
        }

        return strides;
    }

    private static TensorStrides OutputStrides(AttentionOptions options, in AttentionShape shape)
    {
        TensorStrides strides = Strides(options.OutputStrides, "output", options.Layout, shape.Heads, shape.Queries, shape.HeadDim);
        bool overlaps = (shape.Queries > 1 && strides.Row < shape.HeadDim)
            || (shape.Heads > 1 && strides.Head < shape.HeadDim)
            || (shape.Batch > 1 && strides.Batch < shape.HeadDim);
        return overlaps
            ? throw new ArgumentException($"The output strides are {strides}; rows of {shape.HeadDim} elements would overlap.")
            : strides;
    }
}
