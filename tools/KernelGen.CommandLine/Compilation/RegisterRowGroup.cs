
namespace KernelGen.CommandLine.Compilation;

/// <summary>Rows with the same numbers: all combinations of some element types, sizes and masks.</summary>
/// <param name="First">What they have in common, and the first of each list.</param>
/// <param name="ElementTypes">The element types, ascending by name.</param>
/// <param name="Sizes">Slice sizes or rows of tiles, ascending.</param>
/// <param name="MaskNames">The masks: <c>none</c>, <c>general</c> or both.</param>
internal sealed record RegisterRowGroup(
    RegisterRow First, IReadOnlyList<string> ElementTypes, IReadOnlyList<int> Sizes, IReadOnlyList<string> MaskNames)
    : IComparable<RegisterRowGroup>
{
    private const string BothMasks = "both";

    private static readonly string[] _maskOrder = ["none", "general"];

    /// <summary>The key of a group without one of its lists; groups of which the same is left can be put together.</summary>
    public static IReadOnlyList<Func<RegisterRowGroup, RegisterRowGroup>> Dimensions { get; } =
    [
        group => group with { Sizes = [] },
        group => group with { ElementTypes = [] },
        group => group with { MaskNames = [] },
    ];

    /// <summary>The entry points, such as <c>streaming_sm80_{bf16,f16}_d40_r128</c>.</summary>
    public string Name =>
        Invariant($"{First.Family}_{First.Target}_{Braces(ElementTypes)}_d{First.HeadDim}_{First.SizeKind}{Braces(Sizes)}{First.Rest}");

    /// <summary>The masks, in one word.</summary>
    public string Masks => MaskNames.Count == 1 ? MaskNames[0] : BothMasks;

    /// <summary>Every row.</summary>
    public IEnumerable<RegisterRow> Rows =>
        from elementType in ElementTypes
        from size in Sizes
        from masks in MaskNames
        select First with { ElementType = elementType, Rows = size, Masks = masks };

    /// <summary>A row as a group of one.</summary>
    public static RegisterRowGroup Of(RegisterRow row) => new(row, [row.ElementType], [row.Rows], [row.Masks]);

    /// <summary>Groups that differ in one list, as one.</summary>
    public static RegisterRowGroup Union(IEnumerable<RegisterRowGroup> groups)
    {
        RegisterRowGroup[] all = [.. groups];
        string[] elementTypes = [.. all.SelectMany(group => group.ElementTypes).Distinct().Order(StringComparer.Ordinal)];
        int[] sizes = [.. all.SelectMany(group => group.Sizes).Distinct().Order()];
        string[] masks = [.. all.SelectMany(group => group.MaskNames).Distinct().OrderBy(name => Array.IndexOf(_maskOrder, name))];
        RegisterRow first = all[0].First with { ElementType = elementTypes[0], Rows = sizes[0], Masks = masks[0] };
        return new(first, elementTypes, sizes, masks);
    }

    /// <summary>Reads a group.</summary>
    /// <param name="name">As <see cref="Name"/>.</param>
    /// <param name="masks">As <see cref="Masks"/>.</param>
    /// <exception cref="InputException">It is none.</exception>
    public static RegisterRowGroup Parse(string name, string masks)
    {
        string[] maskNames = masks == BothMasks ? _maskOrder : [masks];
        return Union(Expanded(name).SelectMany(entryPoint => maskNames.Select(mask => Of(RegisterRow.Of(entryPoint, mask)))));
    }

    /// <summary>By family, head dim, what follows the size, then size, element type and masks.</summary>
    public int CompareTo(RegisterRowGroup? other) => other is null ? 1 : Order(this).CompareTo(Order(other));

    /// <summary>Name and lists; two groups are alike when these are.</summary>
    public override string ToString() => $"{Name} {string.Join(',', MaskNames)}";

    private static (string, int, string, int, string, int) Order(RegisterRowGroup group) =>
        (group.First.Family, group.First.HeadDim, group.First.Rest, group.First.Rows, group.First.ElementType,
            Array.IndexOf(_maskOrder, group.First.Masks));

    private static string Braces<T>(IReadOnlyList<T> names) => names.Count == 1
        ? Invariant($"{names[0]}")
        : $"{{{string.Join(',', names)}}}";

    private static IEnumerable<string> Expanded(string name)
    {
        int open = name.IndexOf('{', StringComparison.Ordinal);
        int close = open < 0 ? -1 : name.IndexOf('}', open);
        return close < 0
            ? [name]
            : name[(open + 1)..close].Split(',').SelectMany(choice => Expanded(name[..open] + choice + name[(close + 1)..]));
    }
}
