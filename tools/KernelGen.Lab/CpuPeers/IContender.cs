namespace KernelGen.Lab.CpuPeers;

/// <summary>One way to compute a call, with tensors of its own.</summary>
public interface IContender : IDisposable
{
    /// <summary>Computes the call once.</summary>
    void Run();

    /// <summary>The result of the last <see cref="Run"/>.</summary>
    /// <param name="output">Receives it in fp32, dense <c>[batch, heads, queries, head dim]</c>.</param>
    void ReadOutput(float[] output);
}
