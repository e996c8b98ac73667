using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using KernelGen.Generator.Discovery;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>KGEN0007: element types, families or targets that are empty, repeated or not defined.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class InvalidChoiceAnalyzer : SliceAttentionAnalyzer
{
    /// <summary>The diagnostic's property that says that the value is a repetition, which a code fix can remove.</summary>
    internal const string RepeatProperty = "Repeat";

    public InvalidChoiceAnalyzer()
        : base(DiagnosticDescriptors.InvalidChoice)
    {
    }

    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        foreach (SliceAttentionUsage usage in usages)
        {
            Check<ElementType>(context, usage.ElementTypes);
            Check<KernelFamily>(context, usage.Families);
            Check<KernelTarget>(context, usage.Targets);
        }
    }

    private void Check<TEnum>(SymbolAnalysisContext context, AttributeArray array)
        where TEnum : struct, Enum
    {
        string names = string.Join(", ", Enum.GetNames(typeof(TEnum)));
        if (array.Values.Count == 0)
        {
            Report(context, array.Location, array.Name, $"is empty: name at least one of {names}, or leave the argument out");
            return;
        }

        IReadOnlyList<int> repeats = SliceAttentionRules.IndicesOfRepeats(array.Values);
        for (int i = 0; i < array.Values.Count; i++)
        {
            int value = array.Values[i];
            if (!Enum.IsDefined(typeof(TEnum), value))
                Report(context, array.LocationOf(i), array.Name, string.Format(CultureInfo.InvariantCulture, "has the value {0}, which is not one of {1}", value, names));
            else if (repeats.Contains(i))
                ReportRepeat(context, array, i, Enum.GetName(typeof(TEnum), value)!);
        }
    }

    private void ReportRepeat(SymbolAnalysisContext context, AttributeArray array, int index, string valueName)
    {
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty.Add(RepeatProperty, valueName);
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptor, array.LocationOf(index), properties, array.Name, $"names {valueName} more than once: remove the repetition"));
    }
}
