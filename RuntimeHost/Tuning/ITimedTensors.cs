using KernelGen.Planning;

namespace KernelGen.Tuning;

/// <summary>The tensors of a call on a device, to time kernels on.</summary>
internal interface ITimedTensors : IDisposable
{
    /// <summary>Runs a plan so many times, and gives the time of all of them together.</summary>
    /// <param name="plan">A plan for the tensors' shape.</param>
    /// <param name="causal">The calls are causal.</param>
    /// <param name="calls">How many.</param>
    TimeSpan Time(SlicePlan plan, bool causal, int calls);
}
