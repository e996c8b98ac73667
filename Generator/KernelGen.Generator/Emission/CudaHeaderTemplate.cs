using System.Globalization;
using System.Text.RegularExpressions;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>A part that many kernels include: a template that is rendered once a class, without a model, as a header for NVRTC.</summary>
/// <param name="Part">Where the template is below <c>cuda/</c>, such as <c>sm80/streaming</c>. Every other name follows from it.</param>
/// <param name="Columns">N of the products that <c>sm90a/wgmma</c> declares, a header for each N and type; 0 for any other.</param>
/// <param name="ProductType">The type of what those products multiply, such as <c>f16</c>.</param>
internal sealed record CudaHeaderTemplate(string Part, int Columns = 0, string ProductType = "")
{
    private static readonly Regex _products = new("^kernelgen_sm90a_wgmma_n([0-9]{1,3})_(f16|bf16).cuh$", RegexOptions.CultureInvariant);
    private const string Folder = "cuda/";
    private const string Extension = ".cuh.sbn";

    /// <summary>The template's name, such as <c>cuda/sm80/streaming.cuh.sbn</c>.</summary>
    public string TemplateName => Folder + Part + Extension;

    /// <summary>The name in <c>#include</c> lines, such as <c>kernelgen_sm80_streaming.cuh</c>.</summary>
    public string Name => $"kernelgen_{Words}.cuh";

    /// <summary>The member of the emitted class that holds it, such as <c>Sm80Streaming</c>.</summary>
    public string Property =>
        string.Concat(Words.Split('_').Select(static word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word.Substring(1)));

    private string Words => Part.Replace('/', '_') + (Columns > 0 ? Invariant($"_n{Columns}_{ProductType}") : "");

    /// <summary>The header of an <c>#include</c> line; null for a name that none has.</summary>
    public static CudaHeaderTemplate? Included(string name, TemplateLibrary templates) => _products.Match(name) is { Success: true } match
        ? new("sm90a/wgmma", int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value)
        : All(templates).FirstOrDefault(header => header.Name == name);

    /// <summary>Every template that can be a header.</summary>
    public static IEnumerable<CudaHeaderTemplate> All(TemplateLibrary templates) =>
        templates.Names.Select(Named).OfType<CudaHeaderTemplate>();

    /// <summary>The header of a template's name; null for other names, such as those of partials, which begin with '_'.</summary>
    public static CudaHeaderTemplate? Named(string name) =>
        name.StartsWith(Folder, System.StringComparison.Ordinal) && name.EndsWith(Extension, System.StringComparison.Ordinal)
            && name[name.LastIndexOf('/') + 1] != '_'
            ? new(name.Substring(Folder.Length, name.Length - Folder.Length - Extension.Length))
            : null;

    /// <summary>The header's text. Kernels tell it their configuration by the constants that they declare before they include it.</summary>
    public string Render(TemplateLibrary templates, CancellationToken cancellationToken = default) =>
        templates.Render(
            TemplateName,
            Columns > 0 ? new() { { "columns", Columns }, { "product_type", ProductType } } : [],
            cancellationToken);
}
