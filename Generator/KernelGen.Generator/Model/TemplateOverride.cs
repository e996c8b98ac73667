namespace KernelGen.Generator.Model;

/// <summary>A template of the user's that takes the place of an embedded one, or adds to them.</summary>
internal sealed record TemplateOverride(string Name, string Text);
