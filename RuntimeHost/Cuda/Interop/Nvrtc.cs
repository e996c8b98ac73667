using System.Runtime.InteropServices;

namespace KernelGen.Cuda.Interop;

/// <summary>The functions of NVRTC, the run-time compiler, that are used; loaded like the driver.</summary>
internal sealed unsafe class Nvrtc
{
    /// <summary>Overrides where NVRTC is looked for.</summary>
    public const string LibraryVariable = "KERNELGEN_NVRTC_LIBRARY";

    private static readonly Lazy<(Nvrtc? Nvrtc, string Fault)> _shared = new(Open);

    private readonly delegate* unmanaged<int, byte*> _getErrorString;

    private Nvrtc(nint library, string loadedFrom)
    {
        LoadedFrom = loadedFrom;
        _getErrorString = (delegate* unmanaged<int, byte*>)NativeLibrary.GetExport(library, "nvrtcGetErrorString");
        CreateProgram = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)NativeLibrary.GetExport(library, "nvrtcCreateProgram");
        DestroyProgram = (delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "nvrtcDestroyProgram");
        CompileProgram = (delegate* unmanaged<nint, int, byte**, int>)NativeLibrary.GetExport(library, "nvrtcCompileProgram");
        GetCubinSize = (delegate* unmanaged<nint, nuint*, int>)NativeLibrary.GetExport(library, "nvrtcGetCUBINSize");
        GetCubin = (delegate* unmanaged<nint, byte*, int>)NativeLibrary.GetExport(library, "nvrtcGetCUBIN");
        GetPtxSize = (delegate* unmanaged<nint, nuint*, int>)NativeLibrary.GetExport(library, "nvrtcGetPTXSize");
        GetPtx = (delegate* unmanaged<nint, byte*, int>)NativeLibrary.GetExport(library, "nvrtcGetPTX");
        GetProgramLogSize = (delegate* unmanaged<nint, nuint*, int>)NativeLibrary.GetExport(library, "nvrtcGetProgramLogSize");
        GetProgramLog = (delegate* unmanaged<nint, byte*, int>)NativeLibrary.GetExport(library, "nvrtcGetProgramLog");
        (Version, SupportedArchitectures) = ReadCapabilities(library);
    }

    /// <summary>The name or path under which NVRTC was found.</summary>
    public string LoadedFrom { get; }

    /// <summary>Its version.</summary>
    public Version Version { get; }

    /// <summary>Compute capabilities that it compiles for, such as 75 and 90, ascending.</summary>
    public IReadOnlyList<int> SupportedArchitectures { get; }

    public delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> CreateProgram { get; }

    public delegate* unmanaged<nint*, int> DestroyProgram { get; }

    public delegate* unmanaged<nint, int, byte**, int> CompileProgram { get; }

    public delegate* unmanaged<nint, nuint*, int> GetCubinSize { get; }

    public delegate* unmanaged<nint, byte*, int> GetCubin { get; }

    public delegate* unmanaged<nint, nuint*, int> GetPtxSize { get; }

    public delegate* unmanaged<nint, byte*, int> GetPtx { get; }

    public delegate* unmanaged<nint, nuint*, int> GetProgramLogSize { get; }

    public delegate* unmanaged<nint, byte*, int> GetProgramLog { get; }

    /// <summary>NVRTC of this process, or the reason why there is none.</summary>
    public static Nvrtc? TryGet(out string fault)
    {
        fault = _shared.Value.Fault;
        return _shared.Value.Nvrtc;
    }

    /// <summary>What an <c>nvrtcResult</c> means.</summary>
    public string Text(int result) => Marshal.PtrToStringUTF8((nint)_getErrorString(result)) ?? $"nvrtcResult {result}";

    private static (Nvrtc? Nvrtc, string Fault) Open()
    {
        NativeLibrarySearch search = new();
        nint library = search.Load(LibraryVariable, NvrtcLocations.Candidates());
        if (library == 0)
        {
            return (null,
                $"NVRTC, the run-time compiler of CUDA, was not found. Install the CUDA toolkit 12 or 13 (or its package cuda-nvrtc, or the pip wheel nvidia-cuda-nvrtc), or set {LibraryVariable} to its library. Tried:{search.Failures}");
        }

        try
        {
            NvrtcLocations.LoadBuiltins(search.LoadedFrom!);
            return (new(library, search.LoadedFrom!), "");
        }
        catch (EntryPointNotFoundException fault)
        {
            return (null, $"NVRTC at {search.LoadedFrom} is too old: {fault.Message} Install NVRTC 12 or 13.");
        }
    }

    private static (Version Version, int[] Architectures) ReadCapabilities(nint library)
    {
        int major;
        int minor;
        ((delegate* unmanaged<int*, int*, int>)NativeLibrary.GetExport(library, "nvrtcVersion"))(&major, &minor);
        int count;
        ((delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "nvrtcGetNumSupportedArchs"))(&count);
        int[] architectures = new int[count];
        fixed (int* first = architectures)
        {
            ((delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "nvrtcGetSupportedArchs"))(first);
        }

        Array.Sort(architectures);
        return (new(major, minor), architectures);
    }
}
