using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda;

/// <summary>A call of the CUDA driver failed.</summary>
public sealed class CudaException : Exception
{
    private const string LostContext = " The CUDA context can do nothing any more: dispose the host and make another one.";

    /// <summary>Describes a failed call.</summary>
    /// <param name="call">The function and what it was for, such as <c>cuMemAlloc of 4096 bytes</c>.</param>
    /// <param name="code">Its <c>CUresult</c>.</param>
    /// <param name="name">The code's name.</param>
    /// <param name="text">The code's explanation.</param>
    public CudaException(string call, int code, string name, string text)
        : base(Invariant($"{call} failed with {name} ({code}): {text}.{(LosesContext(code) ? LostContext : "")}"))
    {
        (Call, Code) = (call, code);
    }

    private CudaException(string circumstance, CudaException fault)
        : base($"{circumstance}: {fault.Message}", fault)
    {
        (Call, Code) = (fault.Call, fault.Code);
    }

    /// <summary>The function that failed, and what it was for.</summary>
    public string Call { get; }

    /// <summary>Its <c>CUresult</c>.</summary>
    public int Code { get; }

    /// <summary>True when memory ran out: less may do.</summary>
    public bool IsOutOfMemory => Code == (int)CudaResult.OutOfMemory;

    /// <summary>True when the context can do nothing any more, as after an illegal address: only a new one helps.</summary>
    public bool IsContextLost => LosesContext(Code);

    /// <summary>The same failure with what it interrupted.</summary>
    /// <param name="circumstance">What was going on, as the beginning of a sentence.</param>
    internal CudaException While(string circumstance) => new(circumstance, this);

    // ECC error, illegal address, launch timeout, assertion, and the hardware faults from 714 to 719.
    private static bool LosesContext(int code) => code is 214 or 700 or 702 or 710 or (>= 714 and <= 719);
}
