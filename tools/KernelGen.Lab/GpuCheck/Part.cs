namespace KernelGen.Lab.GpuCheck;

/// <summary>A part of the check.</summary>
/// <param name="Name">Its name in <c>--parts</c> and in the summary.</param>
/// <param name="Share">Its seconds, of <see cref="TimeShares.Whole"/> for all parts together.</param>
/// <param name="Command">Runs it; its argument says how long a process that is started now may take.</param>
internal sealed record Part(string Name, int Share, Func<Func<TimeSpan>, PartResult> Command);
