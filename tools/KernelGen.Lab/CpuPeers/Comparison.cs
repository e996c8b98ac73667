using System.Diagnostics;
using KernelGen.Cpu;
using KernelGen.Lab.CpuBench;
using KernelGen.Lab.Measuring;
using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.Lab.CpuPeers;

/// <summary>
/// Measures a call: in every round each peer's burst of calls follows one of KernelGen, so that a change of the machine's speed meets
/// all of them, and medians over the rounds are compared. The first round does not count; a peer that was far behind in it is left at that.
/// </summary>
/// <param name="own">Gets KernelGen ready to compute a call on some threads; with the name of the kernel.</param>
/// <param name="peers">Who it is compared with.</param>
/// <param name="path">The vector width of the multiply-add peak.</param>
/// <param name="time">For the rounds of a call, about; there are at least three.</param>
internal sealed class Comparison(
    Func<ComparedCall, int, (IContender Contender, string Variant)> own, IReadOnlyList<IPeer> peers, CpuVectorPath path, TimeSpan time)
{
    /// <summary>The name of KernelGen among contenders.</summary>
    public const string OwnName = "KernelGen";

    private const int FewestRounds = 3;
    private const int MostRounds = 31;

    /// <summary>A peer that takes so many times as long as the best one after a round cannot be the best.</summary>
    private const double FarBehind = 2;

    /// <summary>Threads that still spin after a call would take the processor from the next one.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    private static readonly TimeSpan PeakTime = TimeSpan.FromMilliseconds(20);

    /// <summary>A peer that is further off than this computes something else, and is not compared with.</summary>
    public static double LargestPeerError(ElementType elementType) => elementType == ElementType.Float32 ? 1e-4 : 2e-2;

    /// <summary>Measures.</summary>
    /// <param name="shape">The call.</param>
    /// <param name="threads">Threads of each contender.</param>
    /// <param name="cancellationToken">Stops between bursts.</param>
    public ComparedRow Measure(ComparedShape shape, ElementType elementType, int threads, CancellationToken cancellationToken)
    {
        ComparedCall call = new(shape, elementType);
        List<Entrant> entrants = [];
        List<ComparedPeer> results = [];
        try
        {
            (IContender contender, string variant) = own(call, threads);
            Entrant kernelGen = new(OwnName, contender, threads);
            entrants.Add(kernelGen);
            kernelGen.Begin(call);
            StreamingRead? read = null;
            if (shape.IsDecode)
            {
                read = new(2 * shape.Shape.KeyElements * elementType.SizeInBytes(), threads);
                entrants.Add(new("streaming read", read, threads));
                entrants[^1].Begin(null);
            }

            foreach (IPeer peer in peers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (TryEnter(peer, call, threads, out string? reason) is { } entrant)
                    entrants.Add(entrant);
                else
                    results.Add(new(peer.Name, null, null, null, null, null, 0, reason));
            }

            double peak = Rounds(kernelGen, entrants, read, call, results, cancellationToken);
            foreach (Entrant entrant in entrants.Where(entrant => entrant.Contender != contender && entrant.Contender != read))
                results.Add(Result(entrant, kernelGen, elementType));
            Entrant? streaming = entrants.FirstOrDefault(entrant => entrant.Contender == read);
            return Row(call, threads, variant, kernelGen, streaming, read, peak, results);
        }
        finally
        {
            foreach (Entrant entrant in entrants)
                entrant.Contender.Dispose();
        }
    }

    private static Entrant? TryEnter(IPeer peer, ComparedCall call, int threads, out string? reason)
    {
        reason = peer.ReasonAgainst(call.Shape, call.ElementType);
        if (reason is not null)
            return null;

        IContender? contender = null;
        try
        {
            contender = peer.Create(call, threads);
            Entrant entrant = new(peer.Name, contender, threads);
            entrant.Begin(call);
            return entrant;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            contender?.Dispose();
            reason = fault.Message.Split('\n', 2)[0].Trim();
            return null;
        }
    }

    // The largest multiply-add peak of the rounds, in operations a second.
    private double Rounds(
        Entrant kernelGen, List<Entrant> entrants, StreamingRead? read, ComparedCall call, List<ComparedPeer> results,
        CancellationToken cancellationToken)
    {
        double peak = 0;
        int threads = kernelGen.Threads;
        Round();
        Entrant[] compared = [.. entrants.Where(entrant => entrant != kernelGen && entrant.Contender != read)];
        double best = compared.Select(entrant => entrant.ComparedMilliseconds).DefaultIfEmpty(0).Min();
        foreach (Entrant behind in compared.Where(entrant => entrant.ComparedMilliseconds > FarBehind * best))
        {
            results.Add(Result(behind, kernelGen, call.ElementType));
            entrants.Remove(behind);
            behind.Contender.Dispose();
        }

        foreach (Entrant entrant in entrants)
            entrant.Restart();
        long begin = Stopwatch.GetTimestamp();
        for (int round = 0; round < FewestRounds || (round < MostRounds && Stopwatch.GetElapsedTime(begin) < time); round++)
            Round();
        return peak;

        void Round()
        {
            peak = Math.Max(peak, Peak(threads));
            foreach (Entrant entrant in entrants)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entrant != kernelGen)
                {
                    Burst(kernelGen);
                    Burst(entrant);
                }
                else if (entrants.Count == 1)
                {
                    Burst(kernelGen);
                }
            }
        }

        static void Burst(Entrant entrant)
        {
            Thread.Sleep(Pause);
            entrant.Burst();
        }
    }

    private double Peak(int threads)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long begin = Stopwatch.GetTimestamp();
        double rate = PeakLoop.Measure(path, threads, PeakTime);
        double elapsed = Stopwatch.GetElapsedTime(begin).TotalSeconds;

        // As calls are: on one thread by the processor's time.
        return threads == 1 ? rate * elapsed / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds : rate;
    }

    private static ComparedPeer Result(Entrant peer, Entrant kernelGen, ElementType elementType) => new(
        peer.Name, peer.Milliseconds, peer.CpuMilliseconds, peer.ComparedMilliseconds / kernelGen.ComparedMilliseconds, peer.Error,
        peer.MemoryBytes, peer.Rounds,
        peer.Error <= LargestPeerError(elementType)
            ? null
            : Invariant($"its relative error is {peer.Error:0.0e-0}: it is not compared with"));

    private static ComparedRow Row(
        ComparedCall call, int threads, string variant, Entrant kernelGen, Entrant? streaming, StreamingRead? read, double peak,
        List<ComparedPeer> results)
    {
        AttentionShape sizes = call.Shape.Shape;
        ComparedPeer? best = results.Where(peer => peer.Ratio is not null && peer.Reason is null).MinBy(peer => peer.Ratio);
        double seconds = kernelGen.ComparedMilliseconds / 1e3;
        double rate = AttentionWork.Operations(sizes, call.Shape.Causal) / seconds;
        double? readRate = null, streamingRate = null;
        if (streaming is not null)
        {
            // The read's parts are whole vectors, so that it may be a few bytes short of keys and values.
            readRate = 2.0 * sizes.KeyElements * call.ElementType.SizeInBytes() / seconds / 1e9;
            streamingRate = read!.Bytes / (streaming.ComparedMilliseconds / 1e3) / 1e9;
        }

        return new(
            call.Shape.Name, call.ElementType.ShortName(), threads, sizes.Batch, sizes.Queries, sizes.Keys, sizes.Heads,
            sizes.KeyValueHeads, sizes.HeadDim, call.Shape.Causal, call.Shape.Mask.ToString().ToLowerInvariant(), variant,
            kernelGen.Milliseconds, kernelGen.CpuMilliseconds, kernelGen.Rounds, rate / 1e9, peak / 1e9, rate / peak,
            readRate, streamingRate, readRate / streamingRate, best?.Name, best?.Ms, best?.Ratio, kernelGen.Error,
            SampledCheck.BoundFor(call.ElementType), best?.Error, kernelGen.MemoryBytes, best?.MemoryBytes, MachineLoad.Now, results);
    }
}
