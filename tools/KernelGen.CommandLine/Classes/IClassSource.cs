using System.CommandLine;

namespace KernelGen.CommandLine.Classes;

/// <summary>The source of a command's annotated classes.</summary>
public interface IClassSource
{
    /// <summary>Adds to a command what it must be told for that.</summary>
    void AddTo(Command command);

    /// <summary>The classes.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="InputException">They cannot be found.</exception>
    IModelClasses Read(ParseResult parsed);
}
