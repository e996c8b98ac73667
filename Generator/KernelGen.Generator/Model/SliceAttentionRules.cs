namespace KernelGen.Generator.Model;

/// <summary>The permitted arguments of <c>[SliceAttention]</c>, and their defaults.</summary>
internal static class SliceAttentionRules
{
    public const int HeadDimStep = 8;
    public const int MinimumHeadDim = 8;
    public const int MaximumHeadDim = 512;
    public const int SliceRowsStep = 128;
    public const int MinimumSliceRows = 128;
    public const int MaximumSliceRows = 1 << 20;

    /// <summary>The most values of an argument: as many as there are head dims.</summary>
    public const int MaximumValues = MaximumHeadDim / HeadDimStep;

    /// <summary>The most kernels that a class may ask for. Everything, with three slice sizes, is 3072.</summary>
    public const int MaximumKernels = 4096;

    private static readonly SliceAttentionAttribute _defaults = new();

    public static IReadOnlyList<int> DefaultElementTypes { get; } = [.. _defaults.ElementTypes.Select(static type => (int)type)];
    public static IReadOnlyList<int> DefaultSliceRows { get; } = _defaults.SliceRows;
    public static IReadOnlyList<int> DefaultFamilies { get; } = [.. _defaults.Families.Select(static family => (int)family)];
    public static IReadOnlyList<int> DefaultTargets { get; } = [.. _defaults.Targets.Select(static target => (int)target)];

    /// <summary>True when kernels can be made for the head dim: a multiple of 8 from 8 to 512.</summary>
    public static bool IsHeadDim(int value) => NearestHeadDim(value) == value;

    /// <summary>The head dim to use instead: the next multiple of 8, at least 8 and at most 512.</summary>
    public static int NearestHeadDim(int value) => RoundUp(value, HeadDimStep, MinimumHeadDim, MaximumHeadDim);

    /// <summary>True when kernels can be made for the slice size: a multiple of 128 from 128 to 1048576.</summary>
    public static bool IsSliceRows(int value) => NearestSliceRows(value) == value;

    /// <summary>The slice size to use instead: the next multiple of 128, at least 128 and at most 1048576.</summary>
    public static int NearestSliceRows(int value) => RoundUp(value, SliceRowsStep, MinimumSliceRows, MaximumSliceRows);

    public static bool IsElementType(int value) => Enum.IsDefined(typeof(ElementType), value);
    public static bool IsFamily(int value) => Enum.IsDefined(typeof(KernelFamily), value);
    public static bool IsTarget(int value) => Enum.IsDefined(typeof(KernelTarget), value);

    /// <summary>Indices of the values that are not larger than all before them: repeated or out of order.</summary>
    public static IReadOnlyList<int> IndicesOutOfOrder(IReadOnlyList<int> values)
    {
        var indices = new List<int>();
        for (int i = 1, largest = 0; i < values.Count; i++)
        {
            if (values[i] > values[largest])
                largest = i;
            else
                indices.Add(i);
        }

        return indices;
    }

    /// <summary>Indices of the values that are there before.</summary>
    public static IReadOnlyList<int> IndicesOfRepeats(IReadOnlyList<int> values)
    {
        HashSet<int> seen = [];
        return Enumerable.Range(0, values.Count).Where(i => !seen.Add(values[i])).ToList();
    }

    /// <summary>The values in ascending order, each once: what the generator makes variants of.</summary>
    public static IReadOnlyList<int> InOrder(IReadOnlyList<int> values) => values.Distinct().OrderBy(value => value).ToList();

    private static int RoundUp(int value, int step, int minimum, int maximum)
    {
        if (value <= minimum)
            return minimum;
        return value >= maximum ? maximum : (value + step - 1) / step * step;
    }
}
