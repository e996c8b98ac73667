namespace KernelGen.Cuda.Compilation;

/// <summary>A kernel that was compiled in advance, or refused.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Image">The machine code; null when the compiler refused it.</param>
/// <param name="Entries">What became of each launch; empty when the compiler refused it or its log does not tell.</param>
/// <param name="ProcessorTime">What the compilation took of the processor; of a clock where the system does not tell a thread's
/// time.</param>
/// <param name="Fault">Why the compiler refused it; null when it did not.</param>
public sealed record KernelCompilation(
    CompilationRequest Request, KernelImage? Image, IReadOnlyList<CompiledEntry> Entries, TimeSpan ProcessorTime,
    KernelCompilationException? Fault)
{
    /// <summary>The compiler's output.</summary>
    public string Log => Fault?.Log ?? Image?.Log ?? "";

    /// <summary>Reads what became of a kernel from the compiler's log.</summary>
    internal static KernelCompilation Of(CompilationRequest request, KernelImage image, TimeSpan processorTime)
    {
        AssemblerLog log = AssemblerLog.Parse(image.Log);
        List<CompiledEntry> entries = [];
        foreach (Kernels.CudaStage stage in request.Kernel.Variant.Cuda!.Stages)
        {
            if (log.Entries.FirstOrDefault(entry => entry.Name == stage.EntryPoint) is not { } entry)
            {
                continue;
            }

            int sharedBytes = entry.StaticSharedBytes + stage.SharedBytes;
            entries.Add(new(
                entry.Name,
                stage.Threads,
                entry.Registers,
                entry.StackBytes,
                entry.SpillStoreBytes,
                entry.SpillLoadBytes,
                sharedBytes,
                request.Architecture.Multiprocessor.ResidentBlocks(stage.Threads, entry.Registers, sharedBytes),
                [.. log.Findings.Where(finding => finding.Function == entry.Name && finding.Code != AssemblerFinding.Spill)
                    .Select(finding => finding.Code).Distinct()])
            {
                PromisedBlocks = request.Architecture.Multiprocessor.PromisedBlocks(stage),
            });
        }

        return new(request, image, entries, processorTime, Fault: null);
    }
}
