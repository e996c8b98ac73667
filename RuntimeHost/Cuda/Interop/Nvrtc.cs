using System.Runtime.InteropServices;

namespace KernelGen.Cuda.Interop;

/// <summary>The functions of NVRTC, the run-time compiler, that are used; loaded like the driver.</summary>
internal sealed unsafe class Nvrtc
{
    private readonly delegate* unmanaged<int, byte*> _getErrorString;

    private Nvrtc(nint library, string loadedFrom)
    {
        LoadedFrom = loadedFrom;
        _getErrorString = (delegate* unmanaged<int, byte*>)NativeLibrarySearch.Export(library, "nvrtcGetErrorString");
        CreateProgram =
            (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)NativeLibrarySearch.Export(library, "nvrtcCreateProgram");
        DestroyProgram = (delegate* unmanaged<nint*, int>)NativeLibrarySearch.Export(library, "nvrtcDestroyProgram");
        CompileProgram = (delegate* unmanaged<nint, int, byte**, int>)NativeLibrarySearch.Export(library, "nvrtcCompileProgram");
        GetCubinSize = (delegate* unmanaged<nint, nuint*, int>)NativeLibrarySearch.Export(library, "nvrtcGetCUBINSize");
        GetCubin = (delegate* unmanaged<nint, byte*, int>)NativeLibrarySearch.Export(library, "nvrtcGetCUBIN");
        GetPtxSize = (delegate* unmanaged<nint, nuint*, int>)NativeLibrarySearch.Export(library, "nvrtcGetPTXSize");
        GetPtx = (delegate* unmanaged<nint, byte*, int>)NativeLibrarySearch.Export(library, "nvrtcGetPTX");
        GetProgramLogSize = (delegate* unmanaged<nint, nuint*, int>)NativeLibrarySearch.Export(library, "nvrtcGetProgramLogSize");
        GetProgramLog = (delegate* unmanaged<nint, byte*, int>)NativeLibrarySearch.Export(library, "nvrtcGetProgramLog");
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

    /// <summary>Binds to a loaded NVRTC.</summary>
    /// <param name="library">The library.</param>
    /// <param name="loadedFrom">Its name or path.</param>
    /// <param name="driver">The driver that is to load what it makes; null when there is none.</param>
    /// <exception cref="EntryPointNotFoundException">A function is missing.</exception>
    /// <exception cref="DeviceNotUsableException">It does not answer, lacks what it needs to compile, or is newer than the driver, which
    /// then would not load its machine code.</exception>
    public static Nvrtc Bind(nint library, string loadedFrom, CudaDriver? driver)
    {
        Nvrtc nvrtc = new(library, loadedFrom);
        NvrtcLocations locations = new(SearchedSystem.Current);
        if (!locations.LoadBuiltins(loadedFrom, nvrtc.Version) && nvrtc.FaultOfAnEmptyProgram() is { } fault)
        {
            throw new DeviceNotUsableException(
                $"it compiles nothing ({fault}): {locations.BuiltinsName(nvrtc.Version)}, which belongs beside it, cannot be loaded.");
        }

        return driver is null || nvrtc.Version.Major <= driver.Version / 1000
            ? nvrtc
            : throw new DeviceNotUsableException(
                $"it is NVRTC {nvrtc.Version}, and the driver only loads code for CUDA {driver.VersionText}: install a newer driver or "
                    + "an older NVRTC.");
    }

    /// <summary>The meaning of an <c>nvrtcResult</c>, with its number.</summary>
    public string Text(int result) =>
        Invariant($"{Marshal.PtrToStringUTF8((nint)_getErrorString(result)) ?? "an unknown error"} ({result})");

    // Without its built-ins NVRTC answers every question, and shows what it lacks when it compiles.
    private string? FaultOfAnEmptyProgram()
    {
        nint program;
        byte nothing = 0;
        int result = CreateProgram(&program, &nothing, null, 0, null, null);
        if (result == 0)
        {
            result = CompileProgram(program, 0, null);
            _ = DestroyProgram(&program);
        }

        return result == 0 ? null : Text(result);
    }

    private (Version Version, int[] Architectures) ReadCapabilities(nint library)
    {
        int major;
        int minor;
        Require(((delegate* unmanaged<int*, int*, int>)NativeLibrarySearch.Export(library, "nvrtcVersion"))(&major, &minor),
            "nvrtcVersion");
        int count;
        Require(
            ((delegate* unmanaged<int*, int>)NativeLibrarySearch.Export(library, "nvrtcGetNumSupportedArchs"))(&count),
            "nvrtcGetNumSupportedArchs");
        if (count == 0)
        {
            throw new DeviceNotUsableException("it compiles for no GPU at all.");
        }

        int[] architectures = new int[count];
        fixed (int* first = architectures)
        {
            Require(((delegate* unmanaged<int*, int>)NativeLibrarySearch.Export(library, "nvrtcGetSupportedArchs"))(first),
                "nvrtcGetSupportedArchs");
        }

        Array.Sort(architectures);
        return (new(major, minor), architectures);
    }

    private void Require(int result, string call)
    {
        if (result != 0)
        {
            throw new DeviceNotUsableException($"{call} failed with {Text(result)}.");
        }
    }
}
