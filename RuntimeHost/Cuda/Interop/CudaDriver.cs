using System.Runtime.InteropServices;

namespace KernelGen.Cuda.Interop;

/// <summary>
/// The functions of the CUDA driver that are used, under their own names, loaded by name so that a machine without a driver is no error.
/// </summary>
internal sealed unsafe class CudaDriver
{
    /// <summary>The oldest driver, by the CUDA version that it is for: an older one does not load what NVRTC 12 makes.</summary>
    private const int OldestVersion = 12000;

    private readonly delegate* unmanaged<int, byte**, int> _getErrorName;
    private readonly delegate* unmanaged<int, byte**, int> _getErrorString;

    private CudaDriver(nint library, string loadedFrom)
    {
        LoadedFrom = loadedFrom;
        _getErrorName = (delegate* unmanaged<int, byte**, int>)NativeLibrarySearch.Export(library, "cuGetErrorName");
        _getErrorString = (delegate* unmanaged<int, byte**, int>)NativeLibrarySearch.Export(library, "cuGetErrorString");
        Init = (delegate* unmanaged<uint, int>)NativeLibrarySearch.Export(library, "cuInit");
        DriverGetVersion = (delegate* unmanaged<int*, int>)NativeLibrarySearch.Export(library, "cuDriverGetVersion");
        DeviceGetCount = (delegate* unmanaged<int*, int>)NativeLibrarySearch.Export(library, "cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, int>)NativeLibrarySearch.Export(library, "cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)NativeLibrarySearch.Export(library, "cuDeviceGetName");
        DeviceGetAttribute =
            (delegate* unmanaged<int*, CudaDeviceAttribute, int, int>)NativeLibrarySearch.Export(library, "cuDeviceGetAttribute");
        DeviceTotalMem = (delegate* unmanaged<nuint*, int, int>)NativeLibrarySearch.Export(library, "cuDeviceTotalMem_v2");
        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)NativeLibrarySearch.Export(library, "cuDevicePrimaryCtxRetain");
        DevicePrimaryCtxRelease = (delegate* unmanaged<int, int>)NativeLibrarySearch.Export(library, "cuDevicePrimaryCtxRelease_v2");
        CtxGetCurrent = (delegate* unmanaged<nint*, int>)NativeLibrarySearch.Export(library, "cuCtxGetCurrent");
        CtxPushCurrent = (delegate* unmanaged<nint, int>)NativeLibrarySearch.Export(library, "cuCtxPushCurrent_v2");
        CtxPopCurrent = (delegate* unmanaged<nint*, int>)NativeLibrarySearch.Export(library, "cuCtxPopCurrent_v2");
        CtxSynchronize = (delegate* unmanaged<int>)NativeLibrarySearch.Export(library, "cuCtxSynchronize");
        CtxGetDevice = (delegate* unmanaged<int*, int>)NativeLibrarySearch.Export(library, "cuCtxGetDevice");
        ModuleLoadData = (delegate* unmanaged<nint*, byte*, int>)NativeLibrarySearch.Export(library, "cuModuleLoadData");
        ModuleUnload = (delegate* unmanaged<nint, int>)NativeLibrarySearch.Export(library, "cuModuleUnload");
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)NativeLibrarySearch.Export(library, "cuModuleGetFunction");
        FuncGetAttribute =
            (delegate* unmanaged<int*, CudaFunctionAttribute, nint, int>)NativeLibrarySearch.Export(library, "cuFuncGetAttribute");
        FuncSetAttribute =
            (delegate* unmanaged<nint, CudaFunctionAttribute, int, int>)NativeLibrarySearch.Export(library, "cuFuncSetAttribute");
        OccupancyMaxActiveBlocks =
            (delegate* unmanaged<int*, nint, int, nuint, int>)NativeLibrarySearch.Export(
                library, "cuOccupancyMaxActiveBlocksPerMultiprocessor");
        LaunchKernel =
            (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)NativeLibrarySearch.Export(
                library, "cuLaunchKernel");
        TensorMapEncodeTiled =
            (delegate* unmanaged<byte*, TensorMapDataType, uint, nint, ulong*, ulong*, uint*, uint*, int, TensorMapSwizzle, int, int, int>)
            NativeLibrarySearch.Export(library, "cuTensorMapEncodeTiled");
        MemAlloc = (delegate* unmanaged<nint*, nuint, int>)NativeLibrarySearch.Export(library, "cuMemAlloc_v2");
        MemFree = (delegate* unmanaged<nint, int>)NativeLibrarySearch.Export(library, "cuMemFree_v2");
        MemGetInfo = (delegate* unmanaged<nuint*, nuint*, int>)NativeLibrarySearch.Export(library, "cuMemGetInfo_v2");
        MemcpyHtoDAsync = (delegate* unmanaged<nint, void*, nuint, nint, int>)NativeLibrarySearch.Export(library, "cuMemcpyHtoDAsync_v2");
        MemcpyDtoHAsync = (delegate* unmanaged<void*, nint, nuint, nint, int>)NativeLibrarySearch.Export(library, "cuMemcpyDtoHAsync_v2");
        StreamCreate = (delegate* unmanaged<nint*, uint, int>)NativeLibrarySearch.Export(library, "cuStreamCreate");
        StreamDestroy = (delegate* unmanaged<nint, int>)NativeLibrarySearch.Export(library, "cuStreamDestroy_v2");
        StreamSynchronize = (delegate* unmanaged<nint, int>)NativeLibrarySearch.Export(library, "cuStreamSynchronize");
        EventCreate = (delegate* unmanaged<nint*, uint, int>)NativeLibrarySearch.Export(library, "cuEventCreate");
        EventDestroy = (delegate* unmanaged<nint, int>)NativeLibrarySearch.Export(library, "cuEventDestroy_v2");
        EventRecord = (delegate* unmanaged<nint, nint, int>)NativeLibrarySearch.Export(library, "cuEventRecord");
        EventSynchronize = (delegate* unmanaged<nint, int>)NativeLibrarySearch.Export(library, "cuEventSynchronize");
        EventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)NativeLibrarySearch.Export(library, "cuEventElapsedTime");
    }

    /// <summary>The name or path under which the driver was found.</summary>
    public string LoadedFrom { get; }

    public delegate* unmanaged<uint, int> Init { get; }

    public delegate* unmanaged<int*, int> DriverGetVersion { get; }

    public delegate* unmanaged<int*, int> DeviceGetCount { get; }

    public delegate* unmanaged<int*, int, int> DeviceGet { get; }

    public delegate* unmanaged<byte*, int, int, int> DeviceGetName { get; }

    public delegate* unmanaged<int*, CudaDeviceAttribute, int, int> DeviceGetAttribute { get; }

    public delegate* unmanaged<nuint*, int, int> DeviceTotalMem { get; }

    public delegate* unmanaged<nint*, int, int> DevicePrimaryCtxRetain { get; }

    public delegate* unmanaged<int, int> DevicePrimaryCtxRelease { get; }

    public delegate* unmanaged<nint*, int> CtxGetCurrent { get; }

    public delegate* unmanaged<nint, int> CtxPushCurrent { get; }

    public delegate* unmanaged<nint*, int> CtxPopCurrent { get; }

    public delegate* unmanaged<int> CtxSynchronize { get; }

    public delegate* unmanaged<int*, int> CtxGetDevice { get; }

    public delegate* unmanaged<nint*, byte*, int> ModuleLoadData { get; }

    public delegate* unmanaged<nint, int> ModuleUnload { get; }

    public delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction { get; }

    public delegate* unmanaged<int*, CudaFunctionAttribute, nint, int> FuncGetAttribute { get; }

    public delegate* unmanaged<nint, CudaFunctionAttribute, int, int> FuncSetAttribute { get; }

    public delegate* unmanaged<int*, nint, int, nuint, int> OccupancyMaxActiveBlocks { get; }

    public delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel { get; }

    public delegate* unmanaged<
        byte*, TensorMapDataType, uint, nint, ulong*, ulong*, uint*, uint*, int, TensorMapSwizzle, int, int, int>
        TensorMapEncodeTiled { get; }

    public delegate* unmanaged<nint*, nuint, int> MemAlloc { get; }

    public delegate* unmanaged<nint, int> MemFree { get; }

    public delegate* unmanaged<nuint*, nuint*, int> MemGetInfo { get; }

    public delegate* unmanaged<nint, void*, nuint, nint, int> MemcpyHtoDAsync { get; }

    public delegate* unmanaged<void*, nint, nuint, nint, int> MemcpyDtoHAsync { get; }

    public delegate* unmanaged<nint*, uint, int> StreamCreate { get; }

    public delegate* unmanaged<nint, int> StreamDestroy { get; }

    public delegate* unmanaged<nint, int> StreamSynchronize { get; }

    public delegate* unmanaged<nint*, uint, int> EventCreate { get; }

    public delegate* unmanaged<nint, int> EventDestroy { get; }

    public delegate* unmanaged<nint, nint, int> EventRecord { get; }

    public delegate* unmanaged<nint, int> EventSynchronize { get; }

    public delegate* unmanaged<float*, nint, nint, int> EventElapsedTime { get; }

    /// <summary>The newest CUDA that the driver is for, as 1000 times the major and 10 times the minor version.</summary>
    public int Version { get; private set; }

    /// <summary><see cref="Version"/> as it is usually written, such as <c>13.0</c>.</summary>
    public string VersionText => Invariant($"{Version / 1000}.{Version % 1000 / 10}");

    /// <summary>Binds to a loaded driver and initialises it.</summary>
    /// <exception cref="EntryPointNotFoundException">A function is missing.</exception>
    /// <exception cref="DeviceNotUsableException">It does not start, or is too old.</exception>
    public static CudaDriver Bind(nint library, string loadedFrom)
    {
        CudaDriver driver = new(library, loadedFrom);
        try
        {
            driver.Check(driver.Init(0), "cuInit");
            int version;
            driver.Check(driver.DriverGetVersion(&version), "cuDriverGetVersion");
            driver.Version = version;
        }
        catch (CudaException fault)
        {
            throw new DeviceNotUsableException(fault.Message);
        }

        return driver.Version >= OldestVersion
            ? driver
            : throw new DeviceNotUsableException($"the driver is for CUDA {driver.VersionText}; CUDA 12.0 or newer is needed.");
    }

    /// <summary>Throws when a call failed.</summary>
    /// <param name="result">The call's result.</param>
    /// <param name="call">The function's own name.</param>
    /// <exception cref="CudaException">It did.</exception>
    public void Check(int result, string call)
    {
        if (result != (int)CudaResult.Success)
        {
            throw Fault(result, call);
        }
    }

    /// <summary>The exception for a failed call.</summary>
    public CudaException Fault(int result, string call)
    {
        byte* name = null;
        byte* text = null;
        _ = _getErrorName(result, &name);
        _ = _getErrorString(result, &text);
        return new(call, result, Marshal.PtrToStringUTF8((nint)name) ?? "an unknown error",
            Marshal.PtrToStringUTF8((nint)text) ?? "no text");
    }
}
