using System.Globalization;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>A part that many kernels include: a template that is rendered once a class, without a model, as a header for NVRTC.</summary>
/// <param name="Part">Where the template is below <c>cuda/</c>, such as <c>sm80/streaming</c>. Every other name follows from it.</param>
internal sealed record CudaHeaderTemplate(string Part)
{
    private const string Folder = "cuda/";
    private const string Extension = ".cuh.sbn";

    /// <summary>The template's name, such as <c>cuda/sm80/streaming.cuh.sbn</c>.</summary>
    public string TemplateName => Folder + Part + Extension;

    /// <summary>The name in <c>#include</c> lines, such as <c>kernelgen_sm80_streaming.cuh</c>.</summary>
    public string Name => $"kernelgen_{Part.Replace('/', '_')}.cuh";

    /// <summary>The member of the emitted class that holds it, such as <c>Sm80Streaming</c>.</summary>
    public string Property =>
        string.Concat(Part.Split('/', '_').Select(static word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word.Substring(1)));

    /// <summary>Every template that can be a header.</summary>
    public static IEnumerable<CudaHeaderTemplate> All(TemplateLibrary templates) =>
        templates.Names.Select(Named).OfType<CudaHeaderTemplate>();

    /// <summary>The header of a template's name; null for a name that no header has.</summary>
    public static CudaHeaderTemplate? Named(string name) =>
        name.StartsWith(Folder, System.StringComparison.Ordinal) && name.EndsWith(Extension, System.StringComparison.Ordinal)
            ? new(name.Substring(Folder.Length, name.Length - Folder.Length - Extension.Length))
            : null;

    /// <summary>The header's text. Kernels tell it their configuration by the constants that they declare before they include it.</summary>
    public string Render(TemplateLibrary templates, CancellationToken cancellationToken = default) =>
        templates.Render(TemplateName, [], cancellationToken);
}
