using KernelGen.Lab.CpuPeers;

namespace KernelGen.Lab.Tests.CpuPeers;

/// <summary>Takes a given time, and gives what the reference gives, or something else.</summary>
internal sealed class FakeContender(string name, ComparedCall call, TimeSpan time, List<string> log, float fault = 0) : IContender
{
    public bool IsDisposed { get; private set; }

    public void Run()
    {
        // Work, not sleep: on one thread the processor's time is what is compared.
        log.Add(name);
        TimeSpan begin = Environment.CpuUsage.TotalTime;
        while (Environment.CpuUsage.TotalTime - begin < time)
            Thread.SpinWait(100);
    }

    public void ReadOutput(float[] output)
    {
        // With one key every query of a head gets its value.
        int rows = call.Shape.Shape.Queries, headDim = call.Shape.Shape.HeadDim;
        for (int row = 0; row < output.Length / headDim; row++)
            call.Value.AsSpan(row / rows * headDim, headDim).CopyTo(output.AsSpan(row * headDim));
        output[0] += fault;
    }

    public void Dispose() => IsDisposed = true;
}
