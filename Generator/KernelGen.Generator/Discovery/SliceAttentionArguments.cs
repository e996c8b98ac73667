using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace KernelGen.Generator.Discovery;

/// <summary>The arguments of one <c>[SliceAttention]</c>, defaults filled in.</summary>
/// <param name="HeadDims">Head dims as written.</param>
/// <param name="ElementTypes">Element types as written.</param>
/// <param name="SliceRows">Slice sizes of the <c>materialized</c> family.</param>
/// <param name="Families">Families.</param>
/// <param name="Targets">Targets.</param>
internal sealed record SliceAttentionArguments(
    ImmutableArray<int> HeadDims,
    ImmutableArray<ElementType> ElementTypes,
    ImmutableArray<int> SliceRows,
    ImmutableArray<KernelFamily> Families,
    ImmutableArray<KernelTarget> Targets)
{
    /// <summary>True when kernels can be made for these arguments; analyzers say what is wrong otherwise.</summary>
    public bool AreValid =>
        HeadDims.Length > 0 && HeadDims.All(SliceAttentionRules.IsHeadDim)
        && ElementTypes.Length > 0 && ElementTypes.All(static type => SliceAttentionRules.IsElementType((int)type))
        && Families.Length > 0 && Families.All(static family => SliceAttentionRules.IsFamily((int)family))
        && Targets.Length > 0 && Targets.All(static target => SliceAttentionRules.IsTarget((int)target))
        && SliceRows.All(SliceAttentionRules.IsSliceRows)
        && (SliceRows.Length > 0 || !Families.Contains(KernelFamily.Materialized));

    /// <summary>Reads an attribute.</summary>
    public static SliceAttentionArguments Read(AttributeData attribute) => new(
        Values(attribute, "HeadDims", static value => value, []),
        Values(attribute, "ElementTypes", static value => (ElementType)value, SliceAttentionRules.DefaultElementTypes),
        Values(attribute, "SliceRows", static value => value, SliceAttentionRules.DefaultSliceRows),
        Values(attribute, "Families", static value => (KernelFamily)value, SliceAttentionRules.DefaultFamilies),
        Values(attribute, "Targets", static value => (KernelTarget)value, SliceAttentionRules.DefaultTargets));

    private static ImmutableArray<T> Values<T>(AttributeData attribute, string name, Func<int, T> convert, IReadOnlyList<int> defaults)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value.Kind == TypedConstantKind.Array)
            {
                return argument.Value.IsNull
                    ? ImmutableArray<T>.Empty
                    : argument.Value.Values.Select(value => convert(value.Value is int number ? number : -1)).ToImmutableArray();
            }
        }

        return defaults.Select(convert).ToImmutableArray();
    }
}
