namespace KernelGen.CommandLine;

/// <summary>Something that the user gave is wrong; the message is all that is shown.</summary>
public sealed class InputException(string message) : Exception(message)
{
    /// <summary>The library's message about an argument, without the parameter's name and value: those are ours, not the user's.</summary>
    public static string TextOf(ArgumentException fault) => fault.Message.Split(" (Parameter '", 2)[0];
}
