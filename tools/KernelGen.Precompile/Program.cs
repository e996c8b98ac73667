using KernelGen.Precompile;

// KernelGen.Precompile APPLICATION.dll COMPUTE-CAPABILITIES none|general|both none|hopper FOLDER
// What the package's MSBuild target runs. Faults are lines that MSBuild reads as errors.
return args is [string application, string architectures, string masks, string experimental, string folder]
    ? Precompilation.Run(application, architectures, masks, experimental, folder, Console.Out)
    : Precompilation.Fault(Console.Out, "usage: KernelGen.Precompile APPLICATION.dll 8.6;9.0 none|general|both none|hopper FOLDER");
