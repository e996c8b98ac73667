using System.Reflection;
using System.Runtime.Loader;

namespace KernelGen.Precompile;

/// <summary>
/// The assemblies of a built application, found where its <c>.deps.json</c> says. What the running framework has comes from there, also for
/// an application that brings its own.
/// </summary>
internal sealed class ApplicationContext : AssemblyLoadContext
{
    private static readonly HashSet<string> _framework = new(
        FrameworkAssemblies().Select(path => Path.GetFileNameWithoutExtension(path)), StringComparer.OrdinalIgnoreCase);

    private readonly AssemblyDependencyResolver _resolver;
    private readonly Assembly? _shared;

    /// <summary>Reads where the assemblies of an application are.</summary>
    /// <param name="application">The application's assembly.</param>
    /// <param name="shared">An assembly that stands for the application's of the same name; null for none.</param>
    public ApplicationContext(string application, Assembly? shared)
    {
        _resolver = new(application);
        _shared = shared;
    }

    /// <summary>The assembly belongs to the application, not to the framework.</summary>
    public bool Brings(AssemblyName name) =>
        IsShared(name)
        || (name.Name is { } simple && !_framework.Contains(simple) && _resolver.ResolveAssemblyToPath(name) is not null);

    private static string[] FrameworkAssemblies() =>
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) => IsShared(assemblyName) ? _shared
        : Brings(assemblyName) ? LoadFromAssemblyPath(_resolver.ResolveAssemblyToPath(assemblyName)!)
        : null;

    private bool IsShared(AssemblyName name) => _shared is not null && name.Name == _shared.GetName().Name;
}
