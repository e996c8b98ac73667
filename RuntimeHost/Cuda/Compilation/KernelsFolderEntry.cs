namespace KernelGen.Cuda.Compilation;

/// <summary>
/// A kernel in a folder of kernels compiled in advance, as the index holds it; the names are those of the JSON, in snake_case there.
/// </summary>
/// <param name="Kernel">The kernel's name, for people.</param>
/// <param name="File">The machine code, a file beside the index.</param>
/// <param name="Key">Text, headers, options and architecture, as a hash: what the kernel was when it was compiled.</param>
/// <param name="Bytes">Bytes of the file.</param>
/// <param name="Sha256">The file's hash.</param>
/// <param name="Compiler">The compiler, for people.</param>
internal sealed record KernelsFolderEntry(string Kernel, string File, string Key, int Bytes, string Sha256, string Compiler);
