using KernelGen.Generator.Kernels;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelGen.Generator.Discovery;

/// <summary>One <c>[SliceAttention]</c> on a class, with its values, their places and its faults.</summary>
internal sealed record SliceAttentionUsage(
    Location Location, AttributeArray HeadDims, AttributeArray ElementTypes,
    AttributeArray SliceRows, AttributeArray Families, AttributeArray Targets)
{
    /// <summary>The attribute's full name in metadata.</summary>
    public const string AttributeName = "KernelGen.SliceAttentionAttribute";

    /// <summary>The arguments with more values than there may be (KGEN0016), in which no other fault is looked for.</summary>
    public IEnumerable<AttributeArray> LongArguments =>
        new[] { HeadDims, ElementTypes, SliceRows, Families, Targets }
            .Where(static array => array.Values.Count > SliceAttentionRules.MaximumValues);

    /// <summary>The number of kernels that the attribute asks for, each counted with its design.</summary>
    public int KernelCount => Requests().Sum(static request => System.Math.Max(1, request.SliceRows.Count));

    /// <summary>Arguments keep the generator from making kernels: KGEN0002, 0003, 0005, 0007, 0012, 0014 or 0016.</summary>
    public bool HasError => HasFaultyArgument || AsksForNoKernel;

    /// <summary>True when no kernel exists for any combination that is asked for (KGEN0014).</summary>
    public bool AsksForNoKernel => !HasFaultyArgument && !Requests().Any(KernelDesigns.All.Answer);

    private bool HasFaultyArgument =>
        LongArguments.Any()
        || HeadDims.Values.Count == 0
        || !HeadDims.Values.All(SliceAttentionRules.IsHeadDim)
        || !SliceRows.Values.All(SliceAttentionRules.IsSliceRows)
        || HasEnumError(ElementTypes, SliceAttentionRules.IsElementType)
        || HasEnumError(Families, SliceAttentionRules.IsFamily)
        || HasEnumError(Targets, SliceAttentionRules.IsTarget)
        || LacksSliceRows;

    /// <summary>True when the <c>materialized</c> family is asked for without a slice size (KGEN0012).</summary>
    public bool LacksSliceRows => SliceRows.Values.Count == 0 && Families.Values.Contains((int)KernelFamily.Materialized);

    public static bool IsSliceAttention(AttributeData attribute) =>
        attribute.AttributeClass is { Name: "SliceAttentionAttribute" } type && type.ToDisplayString() == AttributeName;

    /// <returns>Null when one of its arguments is not a valid constant, which the compiler reports.</returns>
    public static SliceAttentionUsage? Read(AttributeData data, CancellationToken cancellationToken)
    {
        var syntax = data.ApplicationSyntaxReference?.GetSyntax(cancellationToken) as AttributeSyntax;
        AttributeArray? headDims = AttributeArray.Read(data, syntax, "HeadDims", []);
        AttributeArray? elementTypes = AttributeArray.Read(data, syntax, "ElementTypes", SliceAttentionRules.DefaultElementTypes);
        AttributeArray? sliceRows = AttributeArray.Read(data, syntax, "SliceRows", SliceAttentionRules.DefaultSliceRows);
        AttributeArray? families = AttributeArray.Read(data, syntax, "Families", SliceAttentionRules.DefaultFamilies);
        AttributeArray? targets = AttributeArray.Read(data, syntax, "Targets", SliceAttentionRules.DefaultTargets);
        if (headDims is null || elementTypes is null || sliceRows is null || families is null || targets is null)
            return null;
        return new SliceAttentionUsage(syntax?.GetLocation() ?? Location.None, headDims, elementTypes, sliceRows, families, targets);
    }

    /// <summary>The requests of the attribute, without repetitions, ordered by target, head dim, element type and family.</summary>
    public IEnumerable<KernelRequest> Requests()
    {
        EquatableArray<int> sliceRows = new([.. SliceAttentionRules.InOrder(SliceRows.Values)]);
        return
            from target in SliceAttentionRules.InOrder(Targets.Values)
            from headDim in SliceAttentionRules.InOrder(HeadDims.Values)
            from elementType in SliceAttentionRules.InOrder(ElementTypes.Values)
            from family in SliceAttentionRules.InOrder(Families.Values)
            select new KernelRequest(
                (KernelTarget)target, headDim, (ElementType)elementType, (KernelFamily)family,
                family == (int)KernelFamily.Materialized ? sliceRows : default);
    }

    private static bool HasEnumError(AttributeArray array, System.Func<int, bool> isDefined) =>
        array.Values.Count == 0 || !array.Values.All(isDefined) || SliceAttentionRules.IndicesOfRepeats(array.Values).Count != 0;
}
