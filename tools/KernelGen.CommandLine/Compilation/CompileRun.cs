using System.Diagnostics;
using System.Globalization;
using KernelGen.CommandLine.Classes;
using KernelGen.Cuda.Compilation;

namespace KernelGen.CommandLine.Compilation;

/// <summary>Compiles kernels for GPUs that need not be there, and reports each entry point.</summary>
/// <param name="console">Where results and progress go.</param>
/// <param name="classes">Every class, whatever this run compiles: rows of their kernels are kept in a table.</param>
/// <param name="request">What to do.</param>
public sealed class CompileRun(CommandConsole console, IModelClasses classes, CompileRequest request)
{
    /// <summary>A line every so often where standard error is no terminal, so that a log shows that it goes on.</summary>
    private static readonly TimeSpan _quietTime = TimeSpan.FromSeconds(30);

    private TimeSpan _lastLine;

    /// <summary>Does it.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public int Execute()
    {
        AdvanceCompiler compiler = AdvanceCompiler.Create();
        IReadOnlyList<CompilationRequest> requests =
            AdvanceCompiler.Requests(request.Variants, request.Architectures, request.Specializations);
        if (requests.Count == 0)
            throw new InputException("None of the kernels runs on these architectures.");

        IReadOnlyList<IReadOnlyList<CompilationRequest>> groups = request.Distinct
            ? DistinctTexts.Group(requests)
            : [.. requests.Select(single => (CompilationRequest[])[single])];
        RegisterTable? against = request.AgainstFile is { } file ? RegisterTable.Parse(File.ReadAllText(file)) : null;

        KernelsFolderWriter? writer = request.OutputFolder is { } folder ? new(folder, compiler.Identity) : null;
        long begin = Stopwatch.GetTimestamp();
        IReadOnlyList<KernelCompilation> results = compiler.Compile(
            [.. groups.Select(group => group[0])],
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
            CompileReport.WriteJson(console.Output, compiler.Identity, results);
        else
            CompileReport.WriteTable(console.Output, results, Stopwatch.GetElapsedTime(begin));
        if (request.OutputFolder is not null && !request.Json)
            console.Output.WriteLine($"written to {request.OutputFolder}");
        foreach (KernelCompilation refused in results.Where(result => result.Fault is not null))
            console.Error.WriteLine($"error: {refused.Request.ArchitectureName}: {refused.Fault!.Message}");

        KernelCompilation[] all =
            [.. groups.Zip(results).SelectMany(pair => pair.First.Select(request => DistinctTexts.As(pair.Second, request)))];
        if (request.TableFile is { } tableFile)
            WriteRegisters(tableFile, compiler.Identity, all);

        List<string> faults = request.Check ? [.. all.SelectMany(CompileRules.Broken)] : [];
        if (against is not null)
            faults.AddRange(Differences(against, compiler.Identity, all));

        foreach (string fault in faults)
            console.Error.WriteLine($"error: {fault}");
        return faults.Count > 0 || results.Any(result => result.Fault is not null) ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>Name and version of the compiler, of its identity: <c>NVRTC 13.0</c>.</summary>
    private static string NameOf(string identity) =>
        string.Join(' ', identity.Split(' ').Take(2)).Replace("nvrtc", "NVRTC", StringComparison.Ordinal);

    private void WriteRegisters(string path, string identity, KernelCompilation[] results)
    {
        RegisterTable table = new(NameOf(identity));
        if (File.Exists(path) && RegisterTable.Parse(File.ReadAllText(path)) is { } earlier && earlier.Compiler == table.Compiler)
            table = earlier;

        table.Keep(classes.Kernels);
        table.Replace(results);
        File.WriteAllText(path, table.ToMarkdown());
    }

    private IReadOnlyList<string> Differences(RegisterTable table, string identity, KernelCompilation[] results)
    {
        if (table.Compiler == NameOf(identity))
            return table.Differences(results, classes.Kernels);

        console.Error.WriteLine($"The table is of {table.Compiler}; numbers of {NameOf(identity)} are not compared with it.");
        return [];
    }

    private static string Minutes(TimeSpan time) =>
        time.ToString(time >= TimeSpan.FromHours(1) ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);

    private void Show(CompilationProgress progress)
    {
        string kernel = progress.Latest.Request.Kernel.Name;
        string line = Invariant($"{progress.Done} of {progress.Count} kernels, {Minutes(progress.Left)} left: {kernel}");
        console.Progress(line);
        if (!console.ErrorIsTerminal && progress.Elapsed - _lastLine >= _quietTime)
        {
            _lastLine = progress.Elapsed;
            console.Error.WriteLine(line);
        }
    }
}
