namespace KernelGen.Lab.CpuPeers;

/// <summary>The time of a call.</summary>
/// <param name="Seconds">By the clock on the wall.</param>
/// <param name="CpuSeconds">Of all threads of this process together.</param>
internal readonly record struct CallTime(double Seconds, double CpuSeconds);
