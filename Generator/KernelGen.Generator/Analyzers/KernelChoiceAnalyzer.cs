using KernelGen.Generator.Discovery;
using KernelGen.Generator.Kernels;
using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Analyzers;

/// <summary>Attributes whose valid values ask for no kernel, for none that is new, or for too many: KGEN0010, 0014, 0016.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KernelChoiceAnalyzer()
    : SliceAttentionAnalyzer(DiagnosticDescriptors.RedundantAttribute, DiagnosticDescriptors.NoKernel, DiagnosticDescriptors.TooManyKernels)
{
    private protected override void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, IReadOnlyList<SliceAttentionUsage> usages)
    {
        HashSet<(KernelRequest Request, int SliceRows)> known = [];
        int count = 0;
        foreach (SliceAttentionUsage usage in usages)
        {
            foreach (AttributeArray array in usage.LongArguments)
                Report(
                    context, DiagnosticDescriptors.TooManyKernels, array.Location,
                    type.Name, Invariant($"{array.Values.Count} values of {array.Name}"), SliceAttentionRules.MaximumValues);
            if (usage.LongArguments.Any())
                continue;

            count += usage.KernelCount;
            if (count > SliceAttentionRules.MaximumKernels)
            {
                Report(
                    context, DiagnosticDescriptors.TooManyKernels, usage.Location,
                    type.Name, Invariant($"{count} kernels"), SliceAttentionRules.MaximumKernels);
                return;
            }

            if (usage.AsksForNoKernel)
                ReportNoKernel(context, usage);

            (KernelRequest Request, int SliceRows)[] kernels =
            [
                .. from request in usage.Requests()
                   from rows in request.SliceRows.DefaultIfEmpty()
                   select (request with { SliceRows = default }, rows),
            ];

            // Repeats within one attribute are the concern of KGEN0004, 0006 and 0007.
            if (kernels.Length > 0 && kernels.All(known.Contains))
                Report(context, DiagnosticDescriptors.RedundantAttribute, usage.Location, type.Name);
            known.UnionWith(kernels);
        }
    }

    private static void ReportNoKernel(SymbolAnalysisContext context, SliceAttentionUsage usage)
    {
        IEnumerable<string> known = usage.Requests().GroupBy(static request => request.Target)
            .Select(static requests => $"{requests.Key} has them for {Types(requests)}");
        Report(
            context, DiagnosticDescriptors.NoKernel, usage.Location,
            string.Join(" and ", usage.ElementTypes.Values.Select(static type => (ElementType)type)), string.Join(", ", known));
    }

    // The types that would be answered, all else being as it was asked for.
    private static string Types(IEnumerable<KernelRequest> requests) => string.Join(
        " and ",
        Enum.GetValues(typeof(ElementType)).Cast<ElementType>()
            .Where(type => requests.Any(request => KernelDesigns.All.Answer(request with { ElementType = type }))));
}
