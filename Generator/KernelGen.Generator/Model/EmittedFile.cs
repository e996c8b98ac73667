namespace KernelGen.Generator.Model;

/// <summary>A file that is added to the user's compilation.</summary>
/// <param name="HintName">Its name.</param>
/// <param name="Text">Its text, lines ended by <c>\n</c>.</param>
internal sealed record EmittedFile(string HintName, string Text);
