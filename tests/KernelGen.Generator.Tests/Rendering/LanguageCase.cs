using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Rendering;

/// <summary>One construct of the template language: a template, its partials, and what it must render to.</summary>
internal sealed record LanguageCase(string Title, string Template, string Expected, params (string Name, string Text)[] Partials)
{
    public const string TemplateName = "main.sbn";

    public static TemplateObject Model { get; } = new()
    {
        { "head_dim", 40 },
        { "zero", 0 },
        { "huge", 4_000_000_000L },
        { "name", "streaming" },
        { "causal", true },
        { "capture_map", false },
        { "stages", new[] { 3, 5, 8 } },
        { "types", new[] { "half", "float" } },
        { "nothing", Array.Empty<int>() },
        { "tile", new TemplateObject { { "rows", 64 }, { "keys", 32 }, { "part", new TemplateObject { { "label", "qk" } } } } },
        {
            "loads", new[]
            {
                new TemplateObject { { "register", "a" }, { "offset", 0 } },
                new TemplateObject { { "register", "b" }, { "offset", 16 } },
            }
        },
        { "rows", new[] { new TemplateObject { { "keys", new[] { 1, 2 } } }, new TemplateObject { { "keys", new[] { 3, 4 } } } } },
    };

    public TemplateLibrary Library => TemplateLibrary.Empty.WithOverrides(
        Partials.Select(partial => KeyValuePair.Create(partial.Name, partial.Text)).Append(KeyValuePair.Create(TemplateName, Template)));
}
