namespace KernelGen.Generator.Model;

/// <summary>A file that is added to the user's compilation.</summary>
internal sealed record EmittedFile(string HintName, string Text);
