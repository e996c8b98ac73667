using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.Samples.Demo;

/// <summary>Q, K and V of a demo layer, in f16.</summary>
/// <param name="Query">Q.</param>
/// <param name="Key">K.</param>
/// <param name="Value">V.</param>
internal sealed record DemoTensors(Half[] Query, Half[] Key, Half[] Value)
{
    /// <summary>Normally distributed numbers, the same for the same shape.</summary>
    public static DemoTensors For(in AttentionShape shape) => new(
        RandomTensors.Normal<Half>(shape.QueryElements, seed: 1),
        RandomTensors.Normal<Half>(shape.KeyElements, seed: 2),
        RandomTensors.Normal<Half>(shape.KeyElements, seed: 3));
}
