using KernelGen.CommandLine.Plans;
using KernelGen.Execution;
using KernelGen.Planning;
using KernelGen.Reference;

namespace KernelGen.Samples.Commands;

/// <summary>A run as <c>attend --json</c> writes it: the plan, and what happened.</summary>
internal sealed record AttendJson : PlanJson
{
    public AttendJson(SlicePlan plan, int largestLength, RunReport report, string device, SampledCheck? check)
        : base(plan, largestLength)
    {
        Device = device;
        ElapsedSeconds = report.Elapsed.TotalSeconds;
        MeasuredWorkspaceBytes = report.WorkspaceBytes;
        NonFiniteRows = report.NonFiniteRows;
        CheckedRows = check?.Rows;
        RelativeError = check is { RelativeError: var error } && double.IsFinite(error) ? error : null;
        ErrorBound = check?.Bound;
    }

    /// <summary>The device's name.</summary>
    public string Device { get; }

    /// <summary>Wall time of the attention call, without reading and writing files.</summary>
    public double ElapsedSeconds { get; }

    /// <summary>The workspace that the run really took.</summary>
    public long MeasuredWorkspaceBytes { get; }

    /// <summary>Output rows that hold a NaN or an infinity.</summary>
    public long? NonFiniteRows { get; }

    /// <summary>Rows compared with the float64 reference; null without <c>--check</c>.</summary>
    public int? CheckedRows { get; }

    /// <summary>The relative Frobenius error over these rows; null without <c>--check</c>, and when it is not a finite number.</summary>
    public double? RelativeError { get; }

    /// <summary>The error that the dtype allows.</summary>
    public double? ErrorBound { get; }
}
