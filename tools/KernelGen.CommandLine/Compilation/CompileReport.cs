using System.Text.Json;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;

namespace KernelGen.CommandLine.Compilation;

/// <summary>Writes what <c>kernels --compile</c> found.</summary>
internal static class CompileReport
{
    /// <summary>As JSON.</summary>
    public static void WriteJson(TextWriter output, string compiler, IReadOnlyList<KernelCompilation> results)
    {
        CompilationJson[] compilations = [.. results.SelectMany(result => result.Entries.Select(entry => Json(result, entry)))];
        RefusalJson[] refused = [.. results.Where(result => result.Fault is not null).Select(Json)];
        output.WriteLine(
            JsonSerializer.Serialize(new CompileJson(compiler, compilations, refused), CompilationResultJson.Default.CompileJson));
    }

    /// <summary>As a table with a summary.</summary>
    public static void WriteTable(TextWriter output, IReadOnlyList<KernelCompilation> results, TimeSpan elapsed)
    {
        output.WriteLine("arch    mask     regs  spill st/ld  stack    shared  blocks  seconds      size  findings  entry point");
        foreach (KernelCompilation result in results)
        {
            foreach (CompiledEntry entry in result.Entries)
                output.WriteLine(Line(result, entry));
        }

        CompiledEntry[] entries = [.. results.SelectMany(result => result.Entries)];
        int refused = results.Count(result => result.Fault is not null);
        string verdict = refused == 0 ? "all accepted" : Invariant($"{refused} REFUSED");
        output.WriteLine();
        output.WriteLine(Invariant($"{results.Count} compilations, {entries.Length} entry points: {verdict}"));

        var codes = entries.SelectMany(entry => entry.Findings).GroupBy(code => code).OrderBy(group => group.Key, StringComparer.Ordinal);
        string findings = string.Join(", ", codes.Select(group => Invariant($"{group.Count()} x {group.Key}")));
        int spilling = entries.Count(entry => entry.SpillStoreBytes + entry.SpillLoadBytes > 0);
        output.WriteLine(Invariant($"findings: {(findings.Length == 0 ? "none" : findings)}; {spilling} entry points spill registers"));

        double seconds = results.Sum(result => result.ProcessorTime.TotalSeconds);
        KernelCompilation slowest = results.MaxBy(result => result.ProcessorTime)!;
        string most =
            Invariant($"{slowest.Request.Kernel.Name} on {slowest.Request.ArchitectureName}, {slowest.ProcessorTime.TotalSeconds:0.0} s");
        output.WriteLine(Invariant($"processor time: {seconds:0.0} s in {elapsed.TotalSeconds:0.0} s; most for {most}"));
    }

    private static string Line(KernelCompilation result, CompiledEntry entry)
    {
        string spills = Invariant($"{entry.SpillStoreBytes}/{entry.SpillLoadBytes}");
        string shared = ByteText.Format(entry.SharedBytes), size = ByteText.Format(result.Image!.Bytes.Length);
        string findings = entry.Findings.Count == 0 ? "-" : string.Join(' ', entry.Findings);
        string compiled = Invariant($"{result.Request.ArchitectureName,-6}  {result.Request.Kernel.Specialization.MaskName,-7}");
        string used = Invariant($"{entry.Registers,4}  {spills,11}  {entry.StackBytes,5}  {shared,8}  {entry.BlocksPerMultiprocessor,6}");
        return Invariant($"{compiled}  {used}  {result.ProcessorTime.TotalSeconds,7:0.0}  {size,8}  {findings,-8}  {entry.EntryPoint}");
    }

    private static CompilationJson Json(KernelCompilation result, CompiledEntry entry)
    {
        SpecializedKernel kernel = result.Request.Kernel;
        return new(
            kernel.Variant.Id,
            result.Request.ArchitectureName,
            entry.EntryPoint,
            kernel.Specialization.MaskName,
            entry.Registers,
            entry.SpillStoreBytes,
            entry.SpillLoadBytes,
            entry.StackBytes,
            entry.SharedBytes,
            entry.Threads,
            entry.BlocksPerMultiprocessor,
            entry.Findings,
            Math.Round(result.ProcessorTime.TotalSeconds, 3),
            result.Image!.Bytes.Length);
    }

    private static RefusalJson Json(KernelCompilation result)
    {
        SpecializedKernel kernel = result.Request.Kernel;
        return new(kernel.Variant.Id, result.Request.ArchitectureName, kernel.Specialization.MaskName, result.Fault!.Message);
    }
}
