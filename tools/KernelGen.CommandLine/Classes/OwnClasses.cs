using System.CommandLine;

namespace KernelGen.CommandLine.Classes;

/// <summary>The classes of the application itself.</summary>
/// <param name="classes">The classes.</param>
public sealed class OwnClasses(IModelClasses classes) : IClassSource
{
    /// <inheritdoc/>
    public void AddTo(Command command)
    {
        // Nothing needs to be told.
    }

    /// <inheritdoc/>
    public IModelClasses Read(ParseResult parsed) => classes;
}
