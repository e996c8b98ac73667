using System.Diagnostics.CodeAnalysis;
using KernelGen.Cuda.Interop;

namespace KernelGen.Cuda.Compilation;

/// <summary>The compiler of a device, got when it is first needed: kernels that were compiled in advance need none.</summary>
internal sealed class CompilerSource
{
    private readonly Lazy<(IKernelCompiler? Compiler, string Fault)> _compiler;
    private volatile bool _wasNeeded;

    /// <summary>A compiler that is there.</summary>
    public CompilerSource(IKernelCompiler compiler) => _compiler = new((compiler, ""));

    /// <summary>NVRTC, if it can be had.</summary>
    public CompilerSource(CudaLibraries libraries) => _compiler = new(
        () => libraries.TryGetNvrtc(out Nvrtc? nvrtc, out string fault) ? (new NvrtcKernelCompiler(nvrtc), "") : (null, fault));

    /// <summary>The compiler, if it was needed before.</summary>
    public IKernelCompiler? Known => _wasNeeded ? _compiler.Value.Compiler : null;

    /// <summary>The compiler, or why there is none and what to install.</summary>
    public bool TryGet([NotNullWhen(true)] out IKernelCompiler? compiler, out string fault)
    {
        (compiler, fault) = _compiler.Value;
        _wasNeeded = true;
        return compiler is not null;
    }

    /// <summary>The compiler.</summary>
    /// <exception cref="DeviceNotUsableException">There is none; the message says what to install.</exception>
    public IKernelCompiler Get() => TryGet(out IKernelCompiler? compiler, out string fault)
        ? compiler
        : throw new DeviceNotUsableException(fault);
}
