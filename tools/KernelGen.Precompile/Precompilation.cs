using System.Reflection;

namespace KernelGen.Precompile;

/// <summary>Compiles the CUDA kernels of an application that was built, by its own KernelGen.RuntimeHost.</summary>
internal static class Precompilation
{
    /// <summary>The begin of a line of a fault, for MSBuild.</summary>
    public const string FaultPrefix = "KernelGen : error KernelGenPrecompile: ";

    private const int BadInput = 2;

    /// <summary>Compiles them.</summary>
    /// <param name="application">The application's assembly.</param>
    /// <param name="architectures">Compute capabilities, such as <c>8.6;9.0</c>.</param>
    /// <param name="masks"><c>none</c>, <c>general</c> or <c>both</c>.</param>
    /// <param name="experimental"><c>none</c> or <c>hopper</c>.</param>
    /// <param name="folder">Where they go.</param>
    /// <param name="output">Told what is done; faults as lines with <see cref="FaultPrefix"/>.</param>
    /// <param name="runtimeHost">The KernelGen.RuntimeHost for an application that brings none; null where that is a fault.</param>
    /// <returns>The exit code of a process.</returns>
    public static int Run(
        string application, string architectures, string masks, string experimental, string folder, TextWriter output,
        Assembly? runtimeHost = null)
    {
        if (!File.Exists(application))
            return Fault(output, $"{application} is not there; build the project first.");

        string path = Path.GetFullPath(application);
        ApplicationKernels kernels;
        try
        {
            kernels = ApplicationKernels.Load(path);
            if (kernels.RuntimeHost is null && runtimeHost is not null)
                kernels = ApplicationKernels.Load(path, runtimeHost);
        }
        catch (BadImageFormatException)
        {
            return Fault(output, $"{application} is no .NET assembly, or one that was compiled ahead of time; name the one that was built "
                + "from C#.");
        }
        catch (Exception fault) when (ApplicationKernels.IsOfAnotherVersion(fault))
        {
            return Fault(output, $"{application} was built with another version of KernelGen.RuntimeHost than the one that it meets here: "
                + "build it again, or use the tool of its version.");
        }

        if (kernels.RuntimeHost is null || kernels.Catalogues is null)
            return Fault(output, $"{application} does not use KernelGen.RuntimeHost.");
        if (kernels.Catalogues.Length == 0)
            return Fault(output, $"{application} and the libraries that it brings have no class with [SliceAttention].");

        Type? published = kernels.RuntimeHost.GetType("KernelGen.Cuda.Compilation.PublishedKernels");
        MethodInfo? compile = published?.GetMethod("Compile", BindingFlags.Static | BindingFlags.Public);
        object[] arguments = [kernels.Catalogues, architectures, masks, experimental, folder, output];
        return compile is null
            ? Fault(output, "The application's KernelGen.RuntimeHost is of another version than the package whose target runs this.")
            : (int)compile.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null)!;
    }

    /// <summary>Writes a fault.</summary>
    /// <returns>The exit code of a process that was started wrongly.</returns>
    public static int Fault(TextWriter output, string message)
    {
        output.WriteLine(FaultPrefix + message);
        return BadInput;
    }
}
