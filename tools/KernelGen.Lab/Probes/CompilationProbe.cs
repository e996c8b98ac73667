using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using KernelGen.Cuda;
using KernelGen.Kernels;

namespace KernelGen.Lab.Probes;

/// <summary>
/// What NVRTC and the driver make of the kernels for compute capability 9.0: time, registers, spills, serialised wgmma instructions.
/// </summary>
internal static class CompilationProbe
{
    private const int AtOnce = 8;
    private const int Alone = 3;

    public static void Run(ProbeTable table, ProbeDevice device)
    {
        KernelVariant[] variants = [.. device.Kernels.Where(variant => device.Device.ReasonAgainst(variant) is null)];
        if (device.IsSmoke)
            variants = [.. variants.Take(2)];

        // The table has one failure from its beginning, in case this process does not come back.
        int failures = table.Failures.Count;

        // Some first, one at a time: with others at once a compilation takes longer.
        ConcurrentQueue<JsonObject> rows = new();
        KernelVariant[] alone = [.. variants.Where((_, i) => i % Math.Max(1, variants.Length / Alone) == 0).Take(Alone)];
        foreach (KernelVariant variant in alone)
            rows.Enqueue(Row(table, device, variant, atOnce: 1));

        long begin = Stopwatch.GetTimestamp();
        Parallel.ForEach(
            variants.Except(alone), new ParallelOptions { MaxDegreeOfParallelism = Math.Min(AtOnce, Environment.ProcessorCount) },
            variant => rows.Enqueue(Row(table, device, variant, AtOnce)));
        table.Rows.AddRange(rows.OrderBy(row => Array.FindIndex(variants, variant => variant.Id == row["variant"]!.GetValue<string>())));
        table.Answers.Add(
            Invariant($"{variants.Length - alone.Length} kernels, {AtOnce} at once: {Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} s"));
        if (table.Failures.Count == failures)
            table.Answers.Add("no kernel spills, and no wgmma instructions are serialised");
    }

    private static JsonObject Row(ProbeTable table, ProbeDevice device, KernelVariant variant, int atOnce)
    {
        try
        {
            CudaKernelInfo info = device.Device.Inspect(variant);
            lock (table)
            {
                table.Failures.AddRange(info.Findings.Select(finding => $"{variant.Id}: {finding}"));
                if (info.Stages.Any(stage => stage.LocalBytes > 0) && info.Findings.Count == 0)
                    table.Failures.Add(
                        Invariant($"{variant.Id}: {info.Stages.Max(stage => stage.LocalBytes)} bytes of local memory a thread"));
            }

            return new()
            {
                ["variant"] = variant.Id, ["at_once"] = atOnce, ["from"] = info.Origin.ToString().ToLowerInvariant(),
                ["compile_and_load_ms"] = Math.Round(info.LoadTime.TotalMilliseconds, 1),
                ["registers"] = info.Stages.Max(stage => stage.Registers), ["local_bytes"] = info.Stages.Max(stage => stage.LocalBytes),
                ["shared_bytes"] = info.Stages.Max(stage => stage.SharedBytes), ["findings"] = string.Join("; ", info.Findings),
            };
        }
        catch (Exception fault) when (fault is KernelCompilationException or DeviceNotUsableException
            or CudaException { IsContextLost: false })
        {
            lock (table)
                table.Failures.Add(fault.Message);
            return new() { ["variant"] = variant.Id, ["at_once"] = atOnce, ["findings"] = fault.Message };
        }
    }
}
