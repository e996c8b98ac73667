using System.Runtime.InteropServices;
using KernelGen.Cuda;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.Lab.GpuBench;

/// <summary>Checks and times kernels on one shape. A kernel whose result is wrong gets no time.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed class CudaShapeRun<T> : IDisposable
    where T : unmanaged
{
    private static readonly TimeSpan SamplesTime = TimeSpan.FromMilliseconds(250);

    private readonly AttentionHost _host;
    private readonly CudaStream _stream;
    private readonly CudaStopwatch? _stopwatch;
    private readonly AttentionShape _shape;
    private readonly AttentionOptions _options;
    private readonly CudaTensors<T> _tensors;
    private readonly SampledReference _reference;

    /// <summary>Makes the tensors and the reference.</summary>
    /// <param name="device">Its GPU.</param>
    /// <param name="stream">Where kernels are launched.</param>
    /// <param name="stopwatch">Times them; null only checks.</param>
    public CudaShapeRun(AttentionHost host, CudaDevice device, CudaStream stream, CudaStopwatch? stopwatch, CudaBenchShape shape)
    {
        (_host, _stream, _stopwatch, _shape) = (host, stream, stopwatch, shape.Shape);
        _options = new() { Causal = shape.Causal };
        _tensors = new(_shape, device, withSets: stopwatch is not null);
        _reference = SampledReference.Compute(_shape, _tensors.Query, _tensors.Key, _tensors.Value, _options);
    }

    /// <summary>Checks a plan, then times it.</summary>
    /// <param name="cancellationToken">Stops between samples.</param>
    /// <returns>Median milliseconds, the relative error against float64, and what is wrong when there is no time.</returns>
    public (double? Milliseconds, double? Error, string? Fault) Measure(SlicePlan plan, CancellationToken cancellationToken)
    {
        KernelArguments arguments = AttentionHost.CreateArguments(plan, _options);
        T[] output = new T[_shape.QueryElements];

        // All bits set is NaN in every element type: what the kernel does not write shows.
        MemoryMarshal.AsBytes(output.AsSpan()).Fill(0xFF);
        _tensors.FirstOutput.Upload(output, _stream.Handle);
        Launch(plan, arguments, 0);
        _tensors.FirstOutput.Download(output, _stream.Handle);
        if (FirstNaN(output) is { } index)
            return (null, double.NaN, Invariant($"element {index} of the output is NaN or was not written"));

        double error = _reference.RelativeError(_shape, output);
        double bound = SampledCheck.BoundFor(plan.ElementType, plan.Variant.Target);
        if (!(error <= bound))
            return (null, error, Invariant($"the relative error is {error:E2}; at most {bound:E2} is right"));
        if (_stopwatch is null)
            return (null, error, null);

        double milliseconds =
            _stopwatch.MedianMilliseconds(set => Launch(plan, arguments, set), _tensors.Sets, SamplesTime, cancellationToken);

        // The same inputs must have given the same bits all the time; otherwise threads race, and the time is worth nothing.
        T[] again = new T[output.Length];
        _tensors.FirstOutput.Download(again, _stream.Handle);
        return MemoryMarshal.AsBytes(output.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(again.AsSpan()))
            ? (milliseconds, error, null)
            : (null, error, "the same inputs gave other bits in a later run");
    }

    /// <inheritdoc/>
    public void Dispose() => _tensors.Dispose();

    private void Launch(SlicePlan plan, in KernelArguments arguments, int set) =>
        _host.Launch(plan, _tensors.Fill(arguments, set), _stream.Handle);

    private static int? FirstNaN(T[] output)
    {
        double[] row = new double[64];
        for (int begin = 0; begin < output.Length; begin += row.Length)
        {
            int count = Math.Min(row.Length, output.Length - begin);
            AttentionReference.Widen<T>(output.AsSpan(begin, count), row.AsSpan(0, count));
            for (int i = 0; i < count; i++)
            {
                if (double.IsNaN(row[i]))
                    return begin + i;
            }
        }

        return null;
    }
}
