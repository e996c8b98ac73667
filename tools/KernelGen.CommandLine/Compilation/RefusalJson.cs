namespace KernelGen.CommandLine.Compilation;

/// <summary>A kernel that the compiler refused.</summary>
/// <param name="Kernel">The variant's id.</param>
/// <param name="Arch">What it was to be compiled for.</param>
/// <param name="Mask">The masks that the kernel takes: <c>none</c> or <c>general</c>.</param>
/// <param name="Fault">What the compiler said.</param>
internal sealed record RefusalJson(string Kernel, string Arch, string Mask, string Fault);
