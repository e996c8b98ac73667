using KernelGen.Cuda.Compilation;

namespace KernelGen.CommandLine.Compilation;

/// <summary>The rules for every kernel, whatever the compiler.</summary>
internal static class CompileRules
{
    /// <summary>Bytes of spilled registers of an entry point, stores and loads together: some outside the loops do no harm.</summary>
    public const int MostSpillBytes = 512;

    /// <summary>No compilation takes longer, of processor time.</summary>
    public static readonly TimeSpan LongestCompilation = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Processors differ, and other programs run beside the compiler: only what takes this many times the bound breaks it.
    /// </summary>
    private const int TimeTolerance = 3;

    /// <summary>The rules that a kernel breaks, a line each.</summary>
    /// <param name="result">What became of it.</param>
    public static IEnumerable<string> Broken(KernelCompilation result)
    {
        string kernel = $"{result.Request.Kernel.Name} on {result.Request.ArchitectureName}";
        if (result.Fault is { } fault)
            yield return $"{kernel} is refused: {fault.Message}";

        foreach (CompiledEntry entry in result.Entries)
        {
            string name = $"{entry.EntryPoint} on {result.Request.ArchitectureName}";
            if (entry.Findings.Count > 0)
                yield return $"{name}: {string.Join(", ", entry.Findings)}";

            if (entry.SpillStoreBytes + entry.SpillLoadBytes > MostSpillBytes)
            {
                yield return Invariant(
                    $"{name} spills {entry.SpillStoreBytes} + {entry.SpillLoadBytes} bytes; at most {MostSpillBytes} may be");
            }

            if (entry.BlocksPerMultiprocessor < entry.PromisedBlocks)
            {
                yield return
                    Invariant($"{name}: a multiprocessor runs {entry.BlocksPerMultiprocessor} blocks; its launch bounds promise ")
                        + Invariant($"{entry.PromisedBlocks}, which plans count with");
            }
        }

        if (result.ProcessorTime > TimeTolerance * LongestCompilation)
        {
            yield return Invariant(
                $"{kernel} takes {result.ProcessorTime.TotalSeconds:0.0} s to compile; it should be {LongestCompilation.TotalSeconds:0} s");
        }
    }
}
