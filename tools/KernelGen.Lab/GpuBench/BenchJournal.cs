using System.Diagnostics;
using System.Text.Json;
using KernelGen.Cuda;
using KernelGen.Files;

namespace KernelGen.Lab.GpuBench;

/// <summary>
/// Lets a measurement outlive a kernel that never ends or takes the GPU's context with it. Before a kernel runs its row is written to a
/// file; a process that does not come back from it is ended, and the next one reads from the file what it must leave out. A GPU stops a
/// kernel only when its process ends.
/// </summary>
/// <param name="outputPath">The file of results, beside which the journal lies; null keeps none.</param>
/// <param name="limit">After this time a kernel counts as one that does not end.</param>
internal sealed class BenchJournal(string? outputPath, TimeSpan limit)
{
    private const int TuningLimits = 4;

    /// <summary>A row takes some hundred.</summary>
    private const int MaxBytes = 1 << 20;

    private readonly string? _path = outputPath is null ? null : PathFor(outputPath);

    /// <summary>
    /// The journal beside a file of results. It is there while a kernel runs, and after a process that did not come back from one.
    /// </summary>
    public static string PathFor(string outputPath) => outputPath + ".running";

    /// <summary>The kernel that an earlier process did not survive, once; null when it ended well.</summary>
    public CudaBenchRow? TakeUnfinished()
    {
        if (_path is null || BoundedFile.TryRead(_path, MaxBytes, out _) is not { } journal)
            return null;

        CudaBenchRow? row = JsonSerializer.Deserialize(journal, GpuBenchJson.Default.CudaBenchRow);
        File.Delete(_path);
        return row;
    }

    /// <summary>Runs something of which the process may not come back.</summary>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <param name="row">The kernel and its shape.</param>
    /// <param name="work">Runs the kernel.</param>
    /// <param name="tuning">Several kernels, one after the other, which may take longer.</param>
    public T Guard<T>(CudaBenchRow row, Func<T> work, bool tuning = false)
    {
        TimeSpan mostTime = tuning ? TuningLimits * limit : limit;
        Write(row with { Lost = true, Fault = "the process ended while it ran" });
        try
        {
            using Timer timer = new(_ => EndProcess(row, mostTime), null, mostTime, Timeout.InfiniteTimeSpan);
            T result = work();
            Forget();
            return result;
        }
        catch (CudaException fault) when (fault.IsContextLost)
        {
            // Nothing more can be done in this process; the journal stays for the next one.
            Write(row with { Lost = true, Fault = fault.Message });
            throw;
        }
        catch
        {
            Forget();
            throw;
        }
    }

    private void EndProcess(CudaBenchRow row, TimeSpan mostTime)
    {
        string fault = Invariant($"did not end within {mostTime.TotalSeconds:0.#} s");
        Write(row with { Lost = true, Fault = fault });
        Console.Error.WriteLine($"hangs: {row.Name}, {row.Variant}: {fault}");
        Process.GetCurrentProcess().Kill();
    }

    private void Write(CudaBenchRow row)
    {
        if (_path is not null)
            TemporaryFile.Write(_path, [.. JsonSerializer.SerializeToUtf8Bytes(row, GpuBenchJson.Default.CudaBenchRow), (byte)'\n']);
    }

    private void Forget()
    {
        if (_path is not null)
            File.Delete(_path);
    }
}
