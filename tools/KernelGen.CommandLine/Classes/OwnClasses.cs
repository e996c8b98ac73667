using System.CommandLine;

namespace KernelGen.CommandLine.Classes;

/// <summary>The classes of the application itself.</summary>
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
