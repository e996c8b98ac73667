namespace KernelGen.Lab.GpuCheck;

/// <summary>The options of a check.</summary>
/// <param name="Command">The command line, for the merged files.</param>
/// <param name="Application">The folder of the programs and, where there are any, of kernels compiled in advance.</param>
/// <param name="Bundle">The folder of scripts, shapes and names of tests.</param>
/// <param name="Results">The folder for logs and JSON.</param>
/// <param name="Limit">For all parts together.</param>
internal sealed record GpuCheckOptions(string Command, string Application, string Bundle, string Results, TimeSpan Limit)
{
    /// <summary>The names of the parts to run; empty for all.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>Only kernels with these names; empty for all.</summary>
    public IReadOnlyList<string> Kernels { get; init; } = [];

    /// <summary>No kernels with these names.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>
    /// Earlier results, whose times of other libraries are compared with and whose lost kernels are left out; null for none.
    /// </summary>
    public string? Against { get; init; }

    /// <summary>The cache of compiled kernels for the next run; null keeps none.</summary>
    public string? Cache { get; init; }

    /// <summary>Time every kernel, not only what the planner takes.</summary>
    public bool AllVariants { get; init; }

    /// <summary>Compile on this machine what the bundle has compiled in advance.</summary>
    public bool CompileHere { get; init; }

    /// <summary>The name of the merged files; null for the GPU's.</summary>
    public string? Name { get; init; }

    /// <summary>Tiny shapes and loops.</summary>
    public bool Smoke { get; init; }

    /// <summary>A part of this name is to run.</summary>
    public bool Wants(string part) => Parts.Count == 0 || Parts.Contains(part);
}
