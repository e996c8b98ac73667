using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KernelGen.Cuda.Compilation;
using static System.FormattableString;

namespace KernelGen.Samples.Commands;

/// <summary>Compiles kernels for GPUs that need not be there, and tells what became of each entry point.</summary>
internal sealed class CompileRun(SampleConsole console, CompileRequest request)
{
    /// <summary>A line every so often where standard error is no terminal, so that a log shows that it goes on.</summary>
    private static readonly TimeSpan _quietTime = TimeSpan.FromSeconds(30);

    private TimeSpan _lastLine;

    /// <summary>Does it.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public int Execute()
    {
        AdvanceCompiler compiler = AdvanceCompiler.Create();
        IReadOnlyList<CompilationRequest> requests = AdvanceCompiler.Requests(request.Variants, request.Architectures, request.Specializations);
        if (requests.Count == 0)
            throw new InputException("None of the kernels runs on these architectures.");

        KernelsFolderWriter? writer = request.OutputFolder is { } folder ? new(folder, compiler.Identity) : null;
        long begin = Stopwatch.GetTimestamp();
        IReadOnlyList<KernelCompilation> results = compiler.Compile(
            requests,
            progress =>
            {
                Show(progress);
                if (progress.Latest.Image is not null)
                    writer?.Add(progress.Latest);
            },
            console.CancellationToken);
        writer?.Commit();
        console.Progress("");

        if (request.Json)
            WriteJson(compiler.Identity, results);
        else
            WriteTable(results, Stopwatch.GetElapsedTime(begin));
        foreach (KernelCompilation refused in results.Where(result => result.Fault is not null))
            console.Error.WriteLine($"error: {refused.Request.ArchitectureName}: {refused.Fault!.Message}");
        return results.Any(result => result.Fault is not null) ? ExitCode.Failed : ExitCode.Done;
    }

    private static string Minutes(TimeSpan time) => time.ToString(time >= TimeSpan.FromHours(1) ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);

    private void Show(CompilationProgress progress)
    {
        string line = Invariant($"{progress.Done} of {progress.Count} kernels, {Minutes(progress.Left)} left: {progress.Latest.Request.Kernel.Name}");
        console.Progress(line);
        if (!console.ErrorIsTerminal && progress.Elapsed - _lastLine >= _quietTime)
        {
            _lastLine = progress.Elapsed;
            console.Error.WriteLine(line);
        }
    }

    private void WriteJson(string compiler, IReadOnlyList<KernelCompilation> results)
    {
        CompilationJson[] compilations =
        [
            .. results.SelectMany(result => result.Entries.Select(entry => new CompilationJson(
                result.Request.Kernel.Variant.Id, result.Request.ArchitectureName, entry.EntryPoint, result.Request.Kernel.Specialization.MaskName,
                entry.Registers, entry.SpillStoreBytes, entry.SpillLoadBytes, entry.StackBytes, entry.SharedBytes, entry.Threads, entry.BlocksPerMultiprocessor,
                entry.Findings, Math.Round(result.ProcessorTime.TotalSeconds, 3), result.Image!.Bytes.Length))),
        ];
        RefusalJson[] refused =
        [
            .. results.Where(result => result.Fault is not null).Select(result => new RefusalJson(
                result.Request.Kernel.Variant.Id, result.Request.ArchitectureName, result.Request.Kernel.Specialization.MaskName, result.Fault!.Message)),
        ];
        console.Output.WriteLine(JsonSerializer.Serialize(new CompileJson(compiler, compilations, refused), SampleJson.Default.CompileJson));
    }

    private void WriteTable(IReadOnlyList<KernelCompilation> results, TimeSpan elapsed)
    {
        TextWriter output = console.Output;
        output.WriteLine("arch    mask     regs  spill st/ld  stack    shared  blocks  seconds      size  findings  entry point");
        foreach (KernelCompilation result in results)
        {
            foreach (CompiledEntry entry in result.Entries)
            {
                string spills = Invariant($"{entry.SpillStoreBytes}/{entry.SpillLoadBytes}");
                string findings = entry.Findings.Count == 0 ? "-" : string.Join(' ', entry.Findings);
                output.WriteLine(Invariant(
                    $"{result.Request.ArchitectureName,-6}  {result.Request.Kernel.Specialization.MaskName,-7}  {entry.Registers,4}  {spills,11}  {entry.StackBytes,5}  {ByteText.Format(entry.SharedBytes),8}  {entry.BlocksPerMultiprocessor,6}  {result.ProcessorTime.TotalSeconds,7:0.0}  {ByteText.Format(result.Image!.Bytes.Length),8}  {findings,-8}  {entry.EntryPoint}"));
            }
        }

        CompiledEntry[] entries = [.. results.SelectMany(result => result.Entries)];
        KernelCompilation slowest = results.MaxBy(result => result.ProcessorTime)!;
        string byCode = string.Join(", ", entries.SelectMany(entry => entry.Findings).GroupBy(code => code).Order(Comparer<IGrouping<string, string>>.Create((one, other) => string.CompareOrdinal(one.Key, other.Key)))
            .Select(group => Invariant($"{group.Count()} x {group.Key}")));
        int refused = results.Count(result => result.Fault is not null);
        output.WriteLine();
        output.WriteLine(Invariant($"{results.Count} compilations, {entries.Length} entry points: {(refused == 0 ? "all accepted" : Invariant($"{refused} REFUSED"))}"));
        output.WriteLine(Invariant($"findings: {(byCode.Length == 0 ? "none" : byCode)}; {entries.Count(entry => entry.SpillStoreBytes + entry.SpillLoadBytes > 0)} entry points spill registers"));
        output.WriteLine(Invariant(
            $"processor time: {results.Sum(result => result.ProcessorTime.TotalSeconds):0.0} s in {elapsed.TotalSeconds:0.0} s; most for {slowest.Request.Kernel.Name} on {slowest.Request.ArchitectureName}, {slowest.ProcessorTime.TotalSeconds:0.0} s"));
        if (request.OutputFolder is { } folder)
            output.WriteLine($"written to {folder}");
    }
}
