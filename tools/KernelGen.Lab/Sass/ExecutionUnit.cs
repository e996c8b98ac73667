namespace KernelGen.Lab.Sass;

/// <summary>A part of a multiprocessor that can bound a loop.</summary>
public enum ExecutionUnit
{
    /// <summary>The tensor core.</summary>
    Tensor,

    /// <summary>The scheduler, which issues one instruction a clock.</summary>
    Issue,

    /// <summary>The special function unit.</summary>
    Mufu,

    /// <summary>The pipes of fp32 and integer multiply-adds.</summary>
    Fma,

    /// <summary>The pipe of integers, comparisons, maxima and conversions.</summary>
    Alu,

    /// <summary>Loads, stores and shuffles.</summary>
    Lsu,

    /// <summary>The bandwidth of shared memory, operands of warpgroup products included.</summary>
    Smem,
}
