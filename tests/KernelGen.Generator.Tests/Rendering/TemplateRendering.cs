using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Rendering;

/// <summary>A template together with the model to render it with.</summary>
internal sealed record TemplateRendering(string Title, TemplateLibrary Library, string TemplateName, TemplateObject Model);
