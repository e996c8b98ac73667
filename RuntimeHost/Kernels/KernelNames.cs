namespace KernelGen.Kernels;

/// <summary>The names of families and targets as they appear in variant ids and on the command line.</summary>
public static class KernelNames
{
    /// <summary><c>materialized</c> or <c>streaming</c>.</summary>
    public static string Name(this KernelFamily family) => family == KernelFamily.Materialized ? "materialized" : "streaming";

    /// <summary><c>cpu</c>, <c>simt</c>, <c>sm80</c> or <c>sm90a</c>.</summary>
    public static string Name(this KernelTarget target) => target switch
    {
        KernelTarget.Cpu => "cpu",
        KernelTarget.Simt => "simt",
        KernelTarget.Sm80 => "sm80",
        _ => "sm90a",
    };
}
