using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Execution;

/// <summary>A machine that runs plans.</summary>
public interface IAttentionDevice : IDisposable
{
    /// <summary>A name for people, such as <c>CPU (AVX-512, 16 threads)</c>.</summary>
    string Name { get; }

    /// <summary>The targets whose variants it runs.</summary>
    IReadOnlyList<KernelTarget> Targets { get; }

    /// <summary>The device as the planner sees it.</summary>
    DeviceProfile Profile { get; }

    /// <summary>Why the device cannot run a variant, in a sentence; null when it can, and the variant may be planned with.</summary>
    /// <param name="variant">The variant.</param>
    string? ReasonAgainst(KernelVariant variant);

    /// <summary>Reads the free memory now.</summary>
    MemoryBudget MeasureBudget();

    /// <summary>Runs a plan on host memory and returns when the output is complete.</summary>
    /// <param name="plan">A plan made for this device.</param>
    /// <param name="arguments">Host addresses, strides, sizes and flags; the slice fields are filled by the device.</param>
    /// <param name="options">Progress, cancellation and the non-finite check.</param>
    RunReport Run(SlicePlan plan, in KernelArguments arguments, AttentionOptions options);

    /// <summary>Runs a plan on the device's own memory, in stream order.</summary>
    /// <param name="plan">A plan made for this device.</param>
    /// <param name="arguments">Device addresses, strides, sizes and flags; the slice fields are filled by the device.</param>
    /// <param name="stream">The device's stream; 0 on the CPU, where the call returns when it is done.</param>
    void Launch(SlicePlan plan, in KernelArguments arguments, nint stream);
}
