using System.Reflection;

namespace KernelGen.Precompile;

/// <summary>
/// The annotated classes of an application and of the libraries that it brings, found by what the generator gives to each: an interface and
/// a catalogue.
/// </summary>
internal sealed class ApplicationKernels
{
    private const string RuntimeHostName = "KernelGen.RuntimeHost";
    private const BindingFlags Declared = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private ApplicationKernels(Assembly? runtimeHost, Array? catalogues) => (RuntimeHost, Catalogues) = (runtimeHost, catalogues);

    /// <summary>The application's KernelGen.RuntimeHost; null when it has none.</summary>
    public Assembly? RuntimeHost { get; }

    /// <summary>The catalogues, an array of the application's <c>KernelCatalogue</c>.</summary>
    public Array? Catalogues { get; }

    /// <summary>Loads an application and finds its kernels.</summary>
    /// <param name="path">The application's assembly.</param>
    /// <param name="runtimeHost">Stands for the application's KernelGen.RuntimeHost; null takes the one that the application
    /// brings.</param>
    /// <exception cref="BadImageFormatException">It is no .NET assembly.</exception>
    /// <exception cref="Exception">Those that <see cref="IsOfAnotherVersion"/> names.</exception>
    public static ApplicationKernels Load(string path, Assembly? runtimeHost = null)
    {
        ApplicationContext context = new(path, runtimeHost);
        Dictionary<string, Assembly> known = [];
        Queue<Assembly> unread = new([context.LoadFromAssemblyPath(path)]);
        while (unread.TryDequeue(out Assembly? assembly))
        {
            if (!known.TryAdd(assembly.GetName().Name!, assembly))
                continue;

            foreach (AssemblyName reference in assembly.GetReferencedAssemblies().Where(context.Brings))
            {
                if (!known.ContainsKey(reference.Name!) && TryLoad(context, reference) is { } loaded)
                    unread.Enqueue(loaded);
            }
        }

        if (!known.TryGetValue(RuntimeHostName, out runtimeHost))
            return new(null, null);

        Type catalogue = runtimeHost.GetType("KernelGen.Kernels.KernelCatalogue", throwOnError: true)!;
        List<TypeLoadException> unreadable = [];
        object[] found =
            [.. known.Values.Where(IsUser).SelectMany(assembly => CataloguesOf(assembly, runtimeHost, catalogue, unreadable))];
        if (found.Length == 0 && unreadable.Count > 0)
            throw unreadable[0];

        Array catalogues = Array.CreateInstance(catalogue, found.Length);
        found.CopyTo(catalogues, 0);
        return new(runtimeHost, catalogues);
    }

    /// <summary>The fault is that the application was built with another KernelGen.RuntimeHost than the one that it meets.</summary>
    public static bool IsOfAnotherVersion(Exception fault) =>
        fault is MissingMemberException or TypeLoadException or TargetInvocationException or FileLoadException;

    private static bool IsUser(Assembly assembly) => assembly.GetReferencedAssemblies().Any(reference => reference.Name == RuntimeHostName);

    private static Assembly? TryLoad(ApplicationContext context, AssemblyName name)
    {
        try
        {
            return context.LoadFromAssemblyName(name);
        }
        catch (Exception fault) when (fault is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            // It cannot be run here, so that it has no kernels either.
            return null;
        }
    }

    private static IEnumerable<object> CataloguesOf(
        Assembly assembly, Assembly runtimeHost, Type catalogue, List<TypeLoadException> unreadable)
    {
        Type modelClass = runtimeHost.GetType("KernelGen.ISliceAttention", throwOnError: true)!;
        IEnumerable<Type> classes = TypesOf(assembly, unreadable).Where(type => type.IsClass && !type.ContainsGenericParameters);
        foreach (Type type in classes.Where(modelClass.IsAssignableFrom))
        {
            PropertyInfo? property = type.GetProperty("Catalogue", Declared, binder: null, catalogue, [], null);
            if (property?.GetValue(null) is { } value)
                yield return value;
        }
    }

    private static IEnumerable<Type> TypesOf(Assembly assembly, List<TypeLoadException> unreadable)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException fault)
        {
            // Types that need a framework which is not here; annotated classes do not. A type that does not fit what is here is another
            // matter.
            unreadable.AddRange(fault.LoaderExceptions.OfType<TypeLoadException>());
            return fault.Types.OfType<Type>();
        }
    }
}
