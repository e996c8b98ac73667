using KernelGen.CommandLine.Plans;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference.Safetensors;
using KernelGen.Samples.Models;
using KernelGen.Tensors;

namespace KernelGen.Samples.Tests.Commands;

/// <summary>Asks the planner how little memory a call can be run in.</summary>
internal static class Needs
{
    /// <summary>Free bytes in which the smallest plan of a family just fits, safety factor included.</summary>
    public static long SmallestFreeBytes(SafetensorsTensor query, SafetensorsTensor key, string family)
    {
        AttentionShape shape = new(
            (int)query.Shape[0], (int)query.Shape[1], (int)query.Shape[2], (int)key.Shape[2], (int)query.Shape[3], (int)key.Shape[1]);
        ElementType elementType = query.Type.ToAttention()!.Value;
        KernelVariant[] variants =
        [
            .. ModelCatalogue.Find(shape.HeadDim, elementType).Kernels.For(elementType, shape.HeadDim).ToArray()
                .Where(variant => variant.Target == KernelTarget.Cpu),
        ];
        PlanningOptions options = new() { Family = family == "streaming" ? KernelFamily.Streaming : KernelFamily.Materialized };
        AttentionMemoryException exception = Assert.ThrowsExactly<AttentionMemoryException>(() => SlicePlanner.Plan(
            shape, elementType, variants, PlanningTarget.Profile(KernelTarget.Cpu, 2, 1), new(1, 0, "a test"), options));
        return (long)Math.Ceiling(exception.NeededBytes * options.SafetyFactor) + 1;
    }
}
