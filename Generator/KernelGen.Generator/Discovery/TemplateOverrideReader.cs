using KernelGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelGen.Generator.Discovery;

/// <summary>Finds the user's templates among the additional files: those whose item carries a <c>KernelGenTemplate</c> name.</summary>
internal static class TemplateOverrideReader
{
    private const string NameOption = "build_metadata.AdditionalFiles.KernelGenTemplate";

    /// <summary>Reads a template, or gives null when the file is something else.</summary>
    public static TemplateOverride? Read(AdditionalText file, AnalyzerConfigOptions options, CancellationToken cancellationToken) =>
        options.TryGetValue(NameOption, out string? name) && !string.IsNullOrWhiteSpace(name) && file.GetText(cancellationToken) is { } text
            ? new(name.Trim(), text.ToString(), file.Path)
            : null;
}
