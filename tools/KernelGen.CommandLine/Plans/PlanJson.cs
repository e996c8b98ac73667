using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.CommandLine.Plans;

/// <summary>A plan as <c>plan --json</c> writes it. Sizes are in bytes, rows and keys.</summary>
public record PlanJson
{
    /// <param name="largestLength">See <see cref="LargestLength"/>.</param>
    public PlanJson(SlicePlan plan, int largestLength)
    {
        Policy = plan.Policy;
        Family = plan.Variant.Family.Name();
        Variant = plan.Variant.Id;
        Mask = plan.Specialization.MaskName;
        HeadsPerSlice = plan.HeadsPerSlice;
        RowsPerSlice = plan.RowsPerSlice;
        KeysPerSlice = plan.KeysPerSlice;
        SliceCount = plan.SliceCount;
        WorkspaceBytes = plan.WorkspaceBytes;
        FreeBytes = plan.Budget.FreeBytes;
        Steps = plan.Decision.Steps;
        SliceAxis = plan.Decision.Axis.Name();
        RequiredBytes = plan.Decision.RequiredBytes;
        Modifier = plan.Decision.Modifier;
        SafetyFactor = plan.Decision.SafetyFactor;
        LargestLength = largestLength;
    }

    /// <summary>The policy's name.</summary>
    public string Policy { get; }

    /// <summary>The family of the kernel.</summary>
    public string Family { get; }

    /// <summary>The kernel's id.</summary>
    public string Variant { get; }

    /// <summary>The masks that the kernel is compiled for: <c>none</c> or <c>general</c>; without meaning on the CPU.</summary>
    public string Mask { get; }

    /// <summary>The number that the policy divides by; for <c>exact</c> the slices.</summary>
    public long Steps { get; }

    /// <summary>The axis that the policy slices: <c>none</c>, <c>heads</c>, <c>rows</c>, <c>rows+keys</c> or <c>heads+rows</c>.</summary>
    public string SliceAxis { get; }

    /// <summary>The most heads of a slice, counted over batch * heads.</summary>
    public int HeadsPerSlice { get; }

    /// <summary>The most query rows of a slice.</summary>
    public int RowsPerSlice { get; }

    /// <summary>Keys worked on at once.</summary>
    public int KeysPerSlice { get; }

    /// <summary>Slices.</summary>
    public int SliceCount { get; }

    /// <summary>The workspace that a run takes, exactly.</summary>
    public long WorkspaceBytes { get; }

    /// <summary>The bytes that the policy counts for the call in one slice.</summary>
    public long RequiredBytes { get; }

    /// <summary>Free memory that was planned with.</summary>
    public long FreeBytes { get; }

    /// <summary>The policy's factor on the score bytes.</summary>
    public double Modifier { get; }

    /// <summary>The policy's divisor of the free memory.</summary>
    public double SafetyFactor { get; }

    /// <summary>The most query rows that fit with the same batch, heads, dtype, ratio of keys to queries, policy and memory.</summary>
    public int LargestLength { get; }
}
