namespace KernelGen.Planning;

/// <summary>
/// The way in which kernels may multiply fp32 numbers. Each choice gives the same bits however a call is sliced; the two choices differ
/// in the last ones.
/// </summary>
public enum Float32Math
{
    /// <summary>
    /// Whatever is fastest within a relative error of 2e-6 against float64, the bound of Float32: on compute capability 9.0 a number may be
    /// split into two halves of 16 bits, which keeps 22 of its 24 bits, and three products of halves on tensor cores make one.
    /// </summary>
    Split,

    /// <summary>
    /// Only multiply-adds of fp32, all 24 bits: several times slower on compute capability 9.0, and the same as <see cref="Split"/>
    /// everywhere else.
    /// </summary>
    Full,
}
