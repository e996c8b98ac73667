namespace KernelGen.Generator.Model;

/// <summary>A template of the user's that takes the place of an embedded one, or adds to them, and the file that it is read from.</summary>
internal sealed record TemplateOverride(string Name, string Text, string Path);
