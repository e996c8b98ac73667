using System.CommandLine;
using KernelGen.CommandLine.Classes;
using KernelGen.Kernels;
using KernelGen.Precompile;

namespace KernelGen.Tool;

/// <summary>The annotated classes of an assembly that is named on the command line, and of the libraries that it brings.</summary>
/// <param name="isRequired">There must be an assembly; without one there are no classes.</param>
internal sealed class AssemblyClasses(bool isRequired) : IClassSource
{
    private readonly Argument<string?> _assembly = AssemblyArgument.Create(isRequired);

    /// <inheritdoc/>
    public void AddTo(Command command) => command.Arguments.Add(_assembly);

    /// <inheritdoc/>
    public IModelClasses Read(ParseResult parsed) =>
        parsed.GetValue(_assembly) is { } path ? new ModelClassList(Load(path)) : new ModelClassList([]);

    private static ModelClass[] Load(string path)
    {
        if (!File.Exists(path))
            throw new InputException($"{path} is not there; build the project first.");

        KernelCatalogue[] catalogues = Catalogues(path);
        return catalogues.Length > 0
            ? [.. catalogues.Select(catalogue => new ModelClass(catalogue.Owner, $"in {Path.GetFileName(path)}", catalogue))]
            : throw new InputException($"{path} and the libraries that it brings have no class with [SliceAttention].");
    }

    private static KernelCatalogue[] Catalogues(string path)
    {
        try
        {
            // The kernels are those of the assembly; what a kernel is, is said by the runtime of this tool, so that one program knows both.
            ApplicationKernels kernels = ApplicationKernels.Load(Path.GetFullPath(path), typeof(AttentionHost).Assembly);
            return (KernelCatalogue[]?)kernels.Catalogues ?? [];
        }
        catch (BadImageFormatException)
        {
            throw new InputException(
                $"{path} is no .NET assembly, or one that was compiled ahead of time; name the one that was built from C#.");
        }
        catch (Exception fault) when (ApplicationKernels.IsOfAnotherVersion(fault))
        {
            throw new InputException(
                $"{path} was built with another version of KernelGen.RuntimeHost than that of this tool, {ProductVersion.Text}: install "
                    + "the tool of the same version.");
        }
    }
}
