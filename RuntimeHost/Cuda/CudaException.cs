using System.Globalization;

namespace KernelGen.Cuda;

/// <summary>A call of the CUDA driver failed.</summary>
public sealed class CudaException : Exception
{
    /// <summary>Describes a failed call.</summary>
    /// <param name="call">The function, such as <c>cuMemAlloc</c>.</param>
    /// <param name="code">Its <c>CUresult</c>.</param>
    /// <param name="name">The code's name.</param>
    /// <param name="text">The code's explanation.</param>
    public CudaException(string call, int code, string name, string text)
        : base(string.Create(CultureInfo.InvariantCulture, $"{call} failed with {name} ({code}): {text}."))
    {
        Call = call;
        Code = code;
    }

    /// <summary>The function that failed.</summary>
    public string Call { get; }

    /// <summary>Its <c>CUresult</c>.</summary>
    public int Code { get; }

    /// <summary>True when memory ran out: a smaller slice may do.</summary>
    public bool IsOutOfMemory => Code == (int)Interop.CudaResult.OutOfMemory;
}
