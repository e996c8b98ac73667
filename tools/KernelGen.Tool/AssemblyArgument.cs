using System.CommandLine;

namespace KernelGen.Tool;

/// <summary>The assembly that a command looks at.</summary>
internal static class AssemblyArgument
{
    /// <summary>Makes the argument.</summary>
    /// <param name="isRequired">The command needs one.</param>
    public static Argument<string?> Create(bool isRequired) => new("ASSEMBLY")
    {
        Description =
            "The assembly of annotated classes, or of an application that brings some, as it was built: bin/Release/net10.0/Models.dll",
        Arity = isRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
    };
}
