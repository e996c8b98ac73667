using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Reference;

/// <summary>A call on tensors whose numbers the element type holds exactly, to be run on any host.</summary>
internal record AttentionCall(AttentionShape Shape)
{
    public AttentionOptions Options { get; init; } = AttentionOptions.Default;

    public PlanningOptions Planning { get; init; } = PlanningOptions.Default;

    /// <summary>What the call is planned for; the host's device when null.</summary>
    public DeviceProfile? Profile { get; init; }

    public float[] Query { get; init; } = [];

    public float[] Key { get; init; } = [];

    public float[] Value { get; init; } = [];

    /// <summary>A call on random tensors.</summary>
    public static AttentionCall Random(
        AttentionShape shape, ElementType elementType, AttentionOptions? options = null, int seed = 1, float amplitude = 1)
    {
        options ??= AttentionOptions.Default;
        TensorStrides query = options.QueryStrides ?? TensorStrides.Dense(options.Layout, shape.Heads, shape.Queries, shape.HeadDim);
        TensorStrides key = options.KeyStrides ?? TensorStrides.Dense(options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim);
        TensorStrides value = options.ValueStrides ?? TensorStrides.Dense(options.Layout, shape.KeyValueHeads, shape.Keys, shape.HeadDim);
        return new(shape)
        {
            Options = options,
            Query = RandomTensors.Exact(
                query.Extent(shape.Batch, shape.Heads, shape.Queries, shape.HeadDim), 3 * seed, elementType, amplitude),
            Key = RandomTensors.Exact(
                key.Extent(shape.Batch, shape.KeyValueHeads, shape.Keys, shape.HeadDim), (3 * seed) + 1, elementType, amplitude),
            Value = RandomTensors.Exact(
                value.Extent(shape.Batch, shape.KeyValueHeads, shape.Keys, shape.HeadDim), (3 * seed) + 2, elementType, amplitude),
        };
    }

    public AttentionResult Reference() => AttentionReference.Compute<float>(Shape, Options, Query, Key, Value);

    /// <summary>Plans and runs the call, and gives the output back dense, as <c>[batch, heads, queries, headDim]</c>.</summary>
    public float[] Run(AttentionHost host, KernelCatalogue catalogue, ElementType elementType, out RunReport report) => elementType switch
    {
        ElementType.Float16 => Run(host, catalogue, number => (Half)number, number => (float)number, out report),
        ElementType.BFloat16 => Run(host, catalogue, number => (BFloat16)number, number => (float)number, out report),
        _ => Run(host, catalogue, number => number, number => number, out report),
    };

    private float[] Run<T>(AttentionHost host, KernelCatalogue catalogue, Func<float, T> narrow, Func<T, float> widen, out RunReport report)
        where T : unmanaged
    {
        ElementType elementType = ElementTypeExtensions.Of<T>();
        SlicePlan plan = Profile is null
            ? host.Plan<T>(catalogue, Shape, Planning)
            : SlicePlanner.Plan(
                Shape, elementType, host.VariantsFor(catalogue, elementType, Shape.HeadDim), Profile, host.MeasureBudget(), Planning);
        TensorStrides strides = Options.OutputStrides ?? TensorStrides.Dense(Options.Layout, Shape.Heads, Shape.Queries, Shape.HeadDim);
        T[] output = new T[strides.Extent(Shape.Batch, Shape.Heads, Shape.Queries, Shape.HeadDim)];
        report = host.Run<T>(
            plan, Array.ConvertAll(Query, x => narrow(x)), Array.ConvertAll(Key, x => narrow(x)), Array.ConvertAll(Value, x => narrow(x)),
            output, Options);

        float[] dense = new float[Shape.QueryElements];
        int at = 0;
        for (int batch = 0; batch < Shape.Batch; batch++)
        {
            for (int head = 0; head < Shape.Heads; head++)
            {
                for (int row = 0; row < Shape.Queries; row++)
                {
                    for (int d = 0; d < Shape.HeadDim; d++)
                    {
                        dense[at++] =
                            widen(output[checked((int)((batch * strides.Batch) + (head * strides.Head) + (row * strides.Row) + d))]);
                    }
                }
            }
        }

        return dense;
    }
}
