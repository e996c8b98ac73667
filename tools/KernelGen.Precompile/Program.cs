using System.Reflection;
using KernelGen.Precompile;

// KernelGen.Precompile APPLICATION.dll COMPUTE-CAPABILITIES none|general|both none|hopper FOLDER
// Compiles the CUDA kernels of an application that was built, by its own KernelGen.RuntimeHost. Faults are lines that MSBuild reads as
// errors.
if (args is not [string application, string architectures, string masks, string experimental, string folder])
    return Fault("usage: KernelGen.Precompile APPLICATION.dll 8.6;9.0 none|general|both none|hopper FOLDER");
if (!File.Exists(application))
    return Fault($"{application} is not there; build the project first.");

ApplicationKernels kernels = ApplicationKernels.Load(Path.GetFullPath(application));
if (kernels.RuntimeHost is null || kernels.Catalogues is null)
    return Fault($"{application} does not use KernelGen.RuntimeHost.");
if (kernels.Catalogues.Length == 0)
    return Fault($"{application} and the libraries that it brings have no class with [SliceAttention].");

Type? published = kernels.RuntimeHost.GetType("KernelGen.Cuda.Compilation.PublishedKernels");
MethodInfo? compile = published?.GetMethod("Compile", BindingFlags.Static | BindingFlags.Public);
object[] arguments = [kernels.Catalogues, architectures, masks, experimental, folder, Console.Out];
return compile is null
    ? Fault("The application's KernelGen.RuntimeHost is of another version than the package whose target runs this.")
    : (int)compile.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null)!;

static int Fault(string message)
{
    Console.WriteLine($"KernelGen : error KernelGenPrecompile: {message}");
    return 2;
}
