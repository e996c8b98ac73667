namespace KernelGen.Lab.Sass;

/// <summary>The kind of an instruction, as far as it decides which unit executes it.</summary>
public enum InstructionKind
{
    /// <summary>Something that this reader does not know; it counts as one issue slot.</summary>
    Other,

    /// <summary>A matrix product on tensor cores: HMMA of a warp, HGMMA of a warpgroup.</summary>
    MatrixProduct,

    /// <summary>MUFU: powers of two, reciprocals.</summary>
    SpecialFunction,

    /// <summary>FFMA.</summary>
    FloatMultiplyAdd,

    /// <summary>FADD.</summary>
    FloatAdd,

    /// <summary>FMUL.</summary>
    FloatMultiply,

    /// <summary>FMNMX.</summary>
    FloatMaximum,

    /// <summary>F2FP: two fp32 numbers to one register of two 16-bit ones.</summary>
    PackHalves,

    /// <summary>Other conversions of the arithmetic pipes.</summary>
    Conversion,

    /// <summary>Conversions between integers and floating point, which take the special function unit.</summary>
    SlowConversion,

    /// <summary>Arithmetic on 16-bit floating point.</summary>
    HalfArithmetic,

    /// <summary>A copy of a register or of an immediate.</summary>
    Move,

    /// <summary>IMAD as a copy, which takes the multiply-add pipe.</summary>
    MoveByMultiplyAdd,

    /// <summary>IMAD that multiplies.</summary>
    IntegerMultiplyAdd,

    /// <summary>Integer additions, shifts and logic.</summary>
    Integer,

    /// <summary>Comparisons and logic of predicates.</summary>
    Predicate,

    /// <summary>Choices between two registers.</summary>
    Select,

    /// <summary>The uniform data path, which works on one number a warp.</summary>
    Uniform,

    /// <summary>R2UR: a register of a lane to the uniform data path, which the whole warp waits for.</summary>
    ToUniform,

    /// <summary>Loads and stores of shared memory.</summary>
    SharedMemory,

    /// <summary>LDL and STL: spilled registers and arrays that are indexed at run time.</summary>
    LocalMemory,

    /// <summary>Loads, stores and atomics of global memory.</summary>
    GlobalMemory,

    /// <summary>LDGSTS: cp.async.</summary>
    AsyncCopy,

    /// <summary>Copies by a tensor map or in bulk, which one thread starts.</summary>
    TensorCopy,

    /// <summary>SYNCS: operations on an mbarrier.</summary>
    MemoryBarrier,

    /// <summary>Barriers of a block or of a cluster.</summary>
    Barrier,

    /// <summary>WARPGROUP.DEPBAR: waits until no more than some groups of products are under way.</summary>
    ProductWait,

    /// <summary>WARPGROUP.ARRIVE: fences registers before products.</summary>
    ProductFence,

    /// <summary>Divergence and convergence of the lanes of a warp.</summary>
    Convergence,

    /// <summary>Waits for copies, and fences of memory.</summary>
    Fence,

    /// <summary>SHFL.</summary>
    Shuffle,

    /// <summary>Votes and reductions over a warp.</summary>
    Vote,

    /// <summary>Loads of constants and special registers.</summary>
    Constant,

    /// <summary>Branches and exits.</summary>
    Branch,

    /// <summary>CALL.</summary>
    Call,

    /// <summary>NOP, which takes no issue slot of its own.</summary>
    NoOperation,
}
