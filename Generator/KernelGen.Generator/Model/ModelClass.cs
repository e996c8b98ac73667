namespace KernelGen.Generator.Model;

/// <summary>An annotated class, reduced to what emission needs: no symbols, no syntax, no locations, so that it can be cached.</summary>
/// <param name="ContainingTypes">The headers of the types around it, outermost first, such as <c>partial struct Outer</c>.</param>
/// <param name="Name">Its name as source has it, with an @ where it could be taken for a word of the language.</param>
/// <param name="FileName">Its full name in the form that generated files are named by.</param>
internal sealed record ModelClass(
    string Namespace,
    EquatableArray<string> ContainingTypes,
    string Name,
    string FileName,
    EquatableArray<KernelRequest> Requests)
{
    /// <summary>The name as people say it.</summary>
    public string PlainName => Name.TrimStart('@');

    /// <summary>True when some variants run on the CPU, which takes unsafe code.</summary>
    public bool HasCpuKernels => Requests.Any(static request => request.Target == KernelTarget.Cpu);
}
