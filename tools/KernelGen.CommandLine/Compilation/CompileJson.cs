namespace KernelGen.CommandLine.Compilation;

/// <summary>The output of <c>kernels --compile --json</c>.</summary>
/// <param name="Compiler">The compiler, its version and the options that are the same for all.</param>
/// <param name="Compilations">What became of each entry point.</param>
/// <param name="Refused">The kernels that the compiler refused.</param>
internal sealed record CompileJson(string Compiler, IReadOnlyList<CompilationJson> Compilations, IReadOnlyList<RefusalJson> Refused);
