using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>The CUDA C of one or several variants, and the headers that its <c>#include</c> lines name.</summary>
internal sealed record CudaSource(CudaVariant Variant, string Text, ImmutableArray<CudaHeaderTemplate> Headers)
{
    private const string Include = "#include \"";

    /// <summary>The sources of variants, each once.</summary>
    public static ImmutableArray<CudaSource> Render(
        IEnumerable<CudaVariant> variants, TemplateLibrary templates, CancellationToken cancellationToken)
    {
        Dictionary<string, CudaHeaderTemplate?> headers = new(StringComparer.Ordinal);
        HashSet<CudaSourceName> seen = [];
        ImmutableArray<CudaSource>.Builder sources = ImmutableArray.CreateBuilder<CudaSource>();
        foreach (CudaVariant variant in variants)
        {
            if (!seen.Add(variant.Source))
                continue;
            string text = templates.Render(variant.Template, variant.Model, cancellationToken);
            sources.Add(new(variant, text, [.. Includes(text).Select(name =>
            {
                if (!headers.TryGetValue(name, out CudaHeaderTemplate? header))
                    headers.Add(name, header = CudaHeaderTemplate.Included(name, templates));
                return header ?? throw UnknownHeader(templates, variant.Template, name);
            })]));
        }

        return sources.ToImmutable();
    }

    private static IEnumerable<string> Includes(string text) =>
        from line in text.Split('\n')
        where line.StartsWith(Include, StringComparison.Ordinal)
        select line.Substring(Include.Length).TrimEnd('"');

    private static TemplateException UnknownHeader(TemplateLibrary templates, string template, string name)
    {
        string[] lines = templates.TextOf(template).Split('\n');
        int line = Array.FindIndex(lines, text => text.Contains(Include + name));
        return new(template, Math.Max(line, 0) + 1, 1, $"no template is the header '{name}', which the rendered text includes");
    }
}
