using System.Text;
using System.Text.RegularExpressions;
using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Lab.GpuBench;
using KernelGen.Lab.Measuring;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Lab.Probes;

/// <summary>
/// The streaming kernels for compute capability 9.0 with tiles of every height, as they are and with the turns of their warpgroups the
/// other way. A constant of the emitted text is changed for that.
/// </summary>
internal static partial class TurnsProbe
{
    private static readonly int[] HeadDims = [40, 64, 80, 96, 128, 160, 256];
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(100);

    public static void Run(ProbeTable table, ProbeDevice device)
    {
        using CudaProbes pause = new(device.Host, device.Device, device.Headers);
        using CudaStopwatch stopwatch = new(device.Device, device.Stream, pause);
        int[] headDims = device.IsSmoke ? [40] : HeadDims;
        (KernelVariant Variant, (bool? Turns, KernelVariant Variant)[] Versions)[] kernels =
            [.. headDims.SelectMany(headDim => Kernels(device, headDim)).Select(variant => (variant, Versions(variant).ToArray()))];
        try
        {
            device.Device.Warmup(kernels.SelectMany(kernel => kernel.Versions).Select(version => version.Variant));
        }
        catch (Exception fault) when (fault is KernelCompilationException or DeviceNotUsableException)
        {
            // It is thrown again, and reported, when it is measured.
        }

        foreach (var group in kernels.GroupBy(kernel => kernel.Variant.HeadDim))
        {
            // Tiles of 192, 128 and 64 rows are 4, 6 and 12 times the 132 multiprocessors: no height leaves some of them idle at the end.
            AttentionShape shape = device.IsSmoke ? new(1, 1, 192, 192, group.Key) : new(1, 22, 4608, 4096, group.Key);
            using CudaTensors<Half> tensors = new(shape, device.Device, withSets: !device.IsSmoke);
            foreach ((KernelVariant variant, (bool?, KernelVariant)[] versions) in group)
                Measure(table, device, stopwatch, tensors, shape, variant, versions);
        }
    }

    private static IEnumerable<KernelVariant> Kernels(ProbeDevice device, int headDim) => device.Kernels.Where(variant =>
        variant is { Family: KernelFamily.Streaming, ElementType: ElementType.Float16, MaximumKeys: 0 } && variant.HeadDim == headDim);

    private static void Measure(ProbeTable table, ProbeDevice device, CudaStopwatch stopwatch, CudaTensors<Half> tensors,
        AttentionShape shape, KernelVariant variant,
        (bool? Turns, KernelVariant Variant)[] versions)
    {
        double? usual = null;
        foreach ((bool? turns, KernelVariant version) in versions)
        {
            try
            {
                SlicePlan plan = device.Host.Plan<Half>(new KernelCatalogue(nameof(TurnsProbe), version), shape);
                KernelArguments arguments = AttentionHost.CreateArguments(plan);
                double milliseconds = stopwatch.MedianMilliseconds(
                    set => device.Host.Launch(plan, tensors.Fill(arguments, set), device.Stream.Handle), tensors.Sets, Time,
                    CancellationToken.None);
                usual ??= milliseconds;
                table.Rows.Add(new()
                {
                    ["variant"] = variant.Id, ["head_dim"] = variant.HeadDim, ["rows"] = variant.Footprint.TileRows,
                    ["as_emitted"] = version == variant, ["turns"] = turns,
                    ["ms"] = Math.Round(milliseconds, 4),
                    ["tflops"] = Math.Round(AttentionWork.Operations(shape, causal: false) / milliseconds / 1e9, 1),
                });
                if (version != variant && milliseconds < 0.98 * usual)
                    table.Answers.Add(Invariant(
                        $"{variant.Id} is {usual / milliseconds:0.00} times as fast {(turns == true ? "with" : "without")} turns"));
            }
            catch (Exception fault) when (fault is KernelCompilationException or DeviceNotUsableException
                or CudaException { IsContextLost: false })
            {
                table.Faults.Add($"{version.Id}: {fault.Message}");
            }
        }
    }

    // The kernel as it is and, where several warpgroups compute and the text has the constant, with the other value of it.
    private static IEnumerable<(bool? Turns, KernelVariant Variant)> Versions(KernelVariant variant)
    {
        CudaKernelSource cuda = variant.Cuda!;
        string text = Encoding.UTF8.GetString(cuda.Text());
        Match match = TurnsConstant().Match(text);
        if (!match.Success)
        {
            yield return (null, variant);
            yield break;
        }

        bool turns = match.Groups[2].Value == "true";
        yield return (turns, variant);
        if (variant.Footprint.TileRows <= 64)
            yield break;

        byte[] changed = Encoding.UTF8.GetBytes(TurnsConstant().Replace(text, turns ? "$1false" : "$1true"));
        yield return (!turns, new(
            variant.Id + "-turns", variant.Family, variant.Target, variant.ElementType, variant.HeadDim, variant.SliceRows,
            variant.Footprint,
            cuda with { Text = () => changed }));
    }

    [GeneratedRegex(@"(constexpr bool ping_pong = )(true|false)")]
    private static partial Regex TurnsConstant();
}
