namespace KernelGen.Generator.Model;

/// <summary>A template of the user's that takes the place of an embedded one, or adds to them.</summary>
/// <param name="Name">The template's name, such as <c>cpu/streaming.cs.sbn</c>.</param>
/// <param name="Text">Its text.</param>
internal sealed record TemplateOverride(string Name, string Text);
