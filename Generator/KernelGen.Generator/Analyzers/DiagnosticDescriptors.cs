using System.Reflection;
using Microsoft.CodeAnalysis;

namespace KernelGen.Generator.Analyzers;

/// <summary>All diagnostics of this package. Each has a page in <c>docs/diagnostics</c>, which the package carries.</summary>
internal static class DiagnosticDescriptors
{
    private const string Category = "KernelGen";

    // Where the pages are published, which the build knows; nowhere when it does not.
    private static readonly string? _pages = typeof(DiagnosticDescriptors).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .SingleOrDefault(static metadata => metadata.Key == "KernelGenPages")?.Value;

    public static readonly DiagnosticDescriptor ClassNotPartial = new(
        "KGEN0001", "A class with [SliceAttention] must be partial",
        "Type '{0}' must be partial, so that kernels for '{1}' can be added to it: write 'partial' before its keyword",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0001"));

    public static readonly DiagnosticDescriptor UnsupportedHeadDim = new(
        "KGEN0002", "A head dim must be a multiple of 8 from 8 to 512",
        "Head dim {0} is not supported: a head dim is a multiple of 8 from 8 to 512, such as {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0002"));

    public static readonly DiagnosticDescriptor MissingHeadDims = new(
        "KGEN0003", "[SliceAttention] needs head dims",
        "No head dims are given: name the ones that the model uses, such as HeadDims = [40, 80, 160]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0003"));

    public static readonly DiagnosticDescriptor UnorderedHeadDims = new(
        "KGEN0004", "Head dims should be in ascending order, each once",
        "Head dim {0} is {1}: list head dims in ascending order, each once",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help("KGEN0004"));

    public static readonly DiagnosticDescriptor UnsupportedSliceRows = new(
        "KGEN0005", "A slice size must be a multiple of 128 rows from 128 to 1048576",
        "A slice of {0} rows is not supported: a slice size is a multiple of 128 from 128 to 1048576, such as {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0005"));

    public static readonly DiagnosticDescriptor UnorderedSliceRows = new(
        "KGEN0006", "Slice sizes should be in ascending order, each once",
        "The slice size {0} is {1}: list slice sizes in ascending order, each once",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help("KGEN0006"));

    public static readonly DiagnosticDescriptor InvalidChoice = new(
        "KGEN0007", "Element types, families and targets must name defined values, each once",
        "'{0}' {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0007"));

    public static readonly DiagnosticDescriptor UnsupportedClass = new(
        "KGEN0008", "A class with [SliceAttention] must be able to take the generated constructor and members",
        "Class '{0}' cannot take the generated constructor and members: it {1}. Change that, or annotate another class.",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0008"));

    public static readonly DiagnosticDescriptor UnsafeCodeNotAllowed = new(
        "KGEN0009", "CPU kernels need unsafe code",
        "The CPU kernels of '{0}' need unsafe code: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project, "
        + "or leave Cpu out of Targets",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0009"));

    public static readonly DiagnosticDescriptor RedundantAttribute = new(
        "KGEN0010", "[SliceAttention] adds no variant",
        "Every variant that this attribute asks for is already asked for by the ones before it on '{0}': "
        + "remove it, or let it ask for others",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help("KGEN0010"));

    public static readonly DiagnosticDescriptor ConflictingMember = new(
        "KGEN0011", "A class with [SliceAttention] must not declare what is generated",
        "Class '{0}' declares {1}, which is generated: rename or remove it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0011"));

    public static readonly DiagnosticDescriptor MissingSliceRows = new(
        "KGEN0012", "The materialized family needs slice sizes",
        "The materialized family is asked for without a slice size: name at least one, such as SliceRows = [512], "
        + "or leave Materialized out of Families",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0012"));

    public static readonly DiagnosticDescriptor FaultyTemplate = new(
        "KGEN0013", "A kernel template cannot be rendered",
        "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0013"));

    public static readonly DiagnosticDescriptor NoKernel = new(
        "KGEN0014", "[SliceAttention] asks for no kernel",
        "There is no such kernel for {0}: {1}. Name a type that there is a kernel for, or a target that has all, such as Simt or Cpu.",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0014"));

    public static readonly DiagnosticDescriptor OldLanguage = new(
        "KGEN0015", "The generated code needs C# 12",
        "The code for '{0}' needs C# 12 or newer, and the project compiles with C# {1}: "
        + "remove <LangVersion> from the project, or set it to 12 or more",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0015"));

    public static readonly DiagnosticDescriptor TooManyKernels = new(
        "KGEN0016", "A class with [SliceAttention] must not ask for too much",
        "Class '{0}' asks for {1}, and at most {2} are compiled: name those that the model uses, or spread them over several classes",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help("KGEN0016"));

    public static readonly DiagnosticDescriptor UnusedTemplate = new(
        "KGEN0017", "A kernel template is used by nothing",
        "No template of the package is named '{0}', and no other file includes it, so that it changes nothing: the nearest names are {1}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help("KGEN0017"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    private static string? Help(string id) => _pages is null ? null : $"{_pages}docs/diagnostics/{id}.md";
}
