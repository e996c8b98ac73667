using System.Globalization;
using KernelGen.Kernels;
using KernelGen.Planning;

namespace KernelGen.Cuda;

/// <summary>
/// What is known of the GPUs of a compute capability without having one: what they run, and what a kernel for them is compiled for.
/// </summary>
public sealed class CudaArchitecture
{
    /// <summary>The oldest compute capability that kernels are for: Turing.</summary>
    public const int OldestComputeCapability = 75;

    private const int ThreadsPerBlock = 1024;

    /// <summary>The targets and the compute capabilities that run them; sm_90a code runs on 9.0 and on nothing newer.</summary>
    private static readonly (KernelTarget Target, int From, int To)[] _targets =
        [(KernelTarget.Simt, OldestComputeCapability, int.MaxValue), (KernelTarget.Sm80, 80, int.MaxValue), (KernelTarget.Sm90a, 90, 90)];

    /// <summary>The architecture of a compute capability.</summary>
    /// <param name="computeCapability">Ten times the major plus the minor number, such as 86 or 90; 75 or more.</param>
    public CudaArchitecture(int computeCapability)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(computeCapability, OldestComputeCapability);
        ComputeCapability = computeCapability;
        Multiprocessor = MultiprocessorLimits.ForComputeCapability(computeCapability);
    }

    /// <summary>Ten times the major plus the minor number.</summary>
    public int ComputeCapability { get; }

    /// <summary>The limits of a multiprocessor.</summary>
    public MultiprocessorLimits Multiprocessor { get; }

    /// <summary>The compute capability as it is usually written, such as <c>9.0</c>.</summary>
    public string ComputeCapabilityText =>
        Invariant($"{ComputeCapability / 10}.{ComputeCapability % 10}");

    /// <summary>The compiler's name of the machine code, such as <c>sm_86</c>.</summary>
    public string Name => Invariant($"sm_{ComputeCapability}");

    /// <summary>Reads compute capabilities as people write them, such as <c>8.6,9.0</c> or <c>8.6;9.0</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="architectures">The architectures, each once; empty when the text is faulty.</param>
    /// <param name="fault">The part that is no compute capability from 7.5 on; empty when there is none.</param>
    public static bool TryParseList(string text, out IReadOnlyList<CudaArchitecture> architectures, out string fault)
    {
        ArgumentNullException.ThrowIfNull(text);
        SortedSet<int> numbers = [];
        (architectures, fault) = ([], "");
        foreach (string part in text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = part.Split('.');
            if (pair.Length != 2 || !int.TryParse(pair[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) || major > 99
                || !int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) || minor > 9
                || (10 * major) + minor < OldestComputeCapability)
            {
                fault = part;
                return false;
            }

            numbers.Add((10 * major) + minor);
        }

        architectures = [.. numbers.Select(number => new CudaArchitecture(number))];
        return true;
    }

    /// <summary>The targets that its GPUs run; none when it is too old.</summary>
    /// <param name="computeCapability">Ten times the major plus the minor number.</param>
    public static IReadOnlyList<KernelTarget> TargetsOf(int computeCapability) =>
        [.. _targets.Where(entry => computeCapability >= entry.From && computeCapability <= entry.To).Select(entry => entry.Target)];

    /// <summary>
    /// What a kernel is compiled for on a GPU: instructions of warpgroups are part of <c>sm_90a</c>, not of plain <c>sm_90</c>.
    /// </summary>
    /// <param name="target">The kernel's target.</param>
    /// <param name="architecture">What other kernels are compiled for there, such as <c>sm_90</c> or <c>compute_90</c>.</param>
    public static string NameFor(KernelTarget target, string architecture) => target == KernelTarget.Sm90a ? "sm_90a" : architecture;

    /// <summary>The architecture that a kernel is compiled for.</summary>
    /// <param name="target">The kernel's target.</param>
    public string NameFor(KernelTarget target) => NameFor(target, Name);

    /// <summary>True when its GPUs run a kernel: target, threads and shared memory of every stage.</summary>
    /// <param name="variant">The variant.</param>
    public bool Runs(KernelVariant variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        return variant.Cuda is { } cuda && TargetsOf(ComputeCapability).Contains(variant.Target)
            && cuda.Stages.All(stage => stage.Threads <= ThreadsPerBlock && stage.SharedBytes <= Multiprocessor.SharedBytesPerBlock);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
