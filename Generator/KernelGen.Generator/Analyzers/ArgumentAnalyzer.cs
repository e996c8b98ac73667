using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>Values of an argument that are missing, not supported, repeated or out of order: KGEN0002 to 0007, 0012.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ArgumentAnalyzer() : SliceAttentionAnalyzer(
    DiagnosticDescriptors.UnsupportedHeadDim, DiagnosticDescriptors.MissingHeadDims, DiagnosticDescriptors.UnorderedHeadDims,
    DiagnosticDescriptors.UnsupportedSliceRows, DiagnosticDescriptors.UnorderedSliceRows,
    DiagnosticDescriptors.InvalidChoice, DiagnosticDescriptors.MissingSliceRows)
{
    /// <summary>The diagnostic's property that says that the value is a repetition, which a code fix can remove.</summary>
    internal const string RepeatProperty = "Repeat";

    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        // The values of a list that is too long are not checked: its length is reported, once.
        foreach (SliceAttentionUsage usage in usages.Where(static usage => !usage.LongArguments.Any()))
        {
            if (usage.HeadDims.Values.Count == 0)
                Report(context, DiagnosticDescriptors.MissingHeadDims, usage.HeadDims.Location);
            if (usage.LacksSliceRows)
                Report(context, DiagnosticDescriptors.MissingSliceRows, usage.SliceRows.Location);
            CheckNumbers(
                context, usage.HeadDims, SliceAttentionRules.NearestHeadDim,
                DiagnosticDescriptors.UnsupportedHeadDim, DiagnosticDescriptors.UnorderedHeadDims);
            CheckNumbers(
                context, usage.SliceRows, SliceAttentionRules.NearestSliceRows,
                DiagnosticDescriptors.UnsupportedSliceRows, DiagnosticDescriptors.UnorderedSliceRows);
            CheckChoice<ElementType>(context, usage.ElementTypes);
            CheckChoice<KernelFamily>(context, usage.Families);
            CheckChoice<KernelTarget>(context, usage.Targets);
        }
    }

    private static void CheckNumbers(
        SymbolAnalysisContext context, AttributeArray array, Func<int, int> nearest,
        DiagnosticDescriptor unsupported, DiagnosticDescriptor unordered)
    {
        for (int i = 0; i < array.Values.Count; i++)
        {
            if (nearest(array.Values[i]) != array.Values[i])
                Report(context, unsupported, array.LocationOf(i), array.Values[i], nearest(array.Values[i]));
        }

        IReadOnlyList<int> repeats = SliceAttentionRules.IndicesOfRepeats(array.Values);
        foreach (int i in SliceAttentionRules.IndicesOutOfOrder(array.Values))
            Report(context, unordered, array.LocationOf(i), array.Values[i], repeats.Contains(i) ? "repeated" : "out of order");
    }

    private static void CheckChoice<TEnum>(SymbolAnalysisContext context, AttributeArray array)
        where TEnum : struct, Enum
    {
        string names = string.Join(", ", Enum.GetNames(typeof(TEnum)));
        if (array.Values.Count == 0)
            Report(
                context, DiagnosticDescriptors.InvalidChoice, array.Location,
                array.Name, $"is empty: name at least one of {names}, or leave the argument out");

        IReadOnlyList<int> repeats = SliceAttentionRules.IndicesOfRepeats(array.Values);
        for (int i = 0; i < array.Values.Count; i++)
        {
            int value = array.Values[i];
            if (!Enum.IsDefined(typeof(TEnum), value))
                Report(
                    context, DiagnosticDescriptors.InvalidChoice, array.LocationOf(i),
                    array.Name, Invariant($"has the value {value}, which is not one of {names}"));
            else if (repeats.Contains(i))
                ReportRepeat(context, array, i, Enum.GetName(typeof(TEnum), value)!);
        }
    }

    private static void ReportRepeat(SymbolAnalysisContext context, AttributeArray array, int index, string valueName)
    {
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty.Add(RepeatProperty, valueName);
        context.ReportDiagnostic(Diagnostic.Create(
            DiagnosticDescriptors.InvalidChoice, array.LocationOf(index), properties,
            array.Name, $"names {valueName} more than once: remove the repetition"));
    }
}
