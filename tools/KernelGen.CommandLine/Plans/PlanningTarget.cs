using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.CommandLine.Plans;

/// <summary>
/// The nominal machines that <c>plan</c> plans for: no device is opened, so the same command gives the same plan everywhere.
/// </summary>
public static class PlanningTarget
{
    /// <summary>The profile of a target.</summary>
    /// <param name="threads">CPU threads.</param>
    /// <param name="totalBytes">Memory of the machine; some presets look at it.</param>
    public static DeviceProfile Profile(KernelTarget target, int threads, long totalBytes) => target == KernelTarget.Cpu
        ? new(threads, FlopsPerSecond: 50e9 * threads, BytesPerSecond: 20e9, SliceSeconds: 10e-6, totalBytes)
        : new(Workers: 0, FlopsPerSecond: 20e12, BytesPerSecond: 1e12, SliceSeconds: 5e-6, totalBytes)
        {
            TensorFlopsPerSecond = 200e12, ParallelTiles = 80,
        };
}
