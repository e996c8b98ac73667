namespace KernelGen.Samples;

/// <summary>The user gave something that cannot be worked with. The message is one line that says what, and what would do.</summary>
internal sealed class InputException(string message) : Exception(message);
