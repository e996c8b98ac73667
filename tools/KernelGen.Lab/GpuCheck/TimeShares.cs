namespace KernelGen.Lab.GpuCheck;

/// <summary>The time of all parts together, and what a part gets of it: its share, or what is left when that is less.</summary>
/// <param name="total">All of it.</param>
/// <param name="time">The clock.</param>
internal sealed class TimeShares(TimeSpan total, TimeProvider time)
{
    /// <summary>The sum that shares are parts of. They add up to more: hardly a part takes all of its share.</summary>
    public const int Whole = 560;

    private static readonly TimeSpan _least = TimeSpan.FromSeconds(1);
    private readonly long _begin = time.GetTimestamp();

    /// <summary>Time since the check began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_begin);

    /// <summary>The limit for a process that is started now for a part with a share; at least a second.</summary>
    public TimeSpan Limit(int share)
    {
        TimeSpan left = total - Elapsed;
        TimeSpan most = total * share / Whole;
        TimeSpan limit = left < most ? left : most;
        return limit > _least ? limit : _least;
    }
}
