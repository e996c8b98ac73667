namespace KernelGen.Kernels;

/// <summary>Gives the text of a generated source file: UTF-8, static data of the assembly, so that nothing is copied.</summary>
public delegate ReadOnlySpan<byte> KernelText();
