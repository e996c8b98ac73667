using System.Runtime.InteropServices;

namespace KernelGen.Cuda.Interop;

/// <summary>The functions of the CUDA driver that are used, under their own names, loaded by name so that a machine without a driver is no error.</summary>
internal sealed unsafe class CudaDriver
{
    /// <summary>Overrides where the driver is looked for.</summary>
    public const string LibraryVariable = "KERNELGEN_CUDA_LIBRARY";

    private static readonly Lazy<(CudaDriver? Driver, string Fault)> _shared = new(Open);

    private readonly delegate* unmanaged<int, byte**, int> _getErrorName;
    private readonly delegate* unmanaged<int, byte**, int> _getErrorString;

    private CudaDriver(nint library, string loadedFrom)
    {
        LoadedFrom = loadedFrom;
        _getErrorName = (delegate* unmanaged<int, byte**, int>)Export(library, "cuGetErrorName");
        _getErrorString = (delegate* unmanaged<int, byte**, int>)Export(library, "cuGetErrorString");
        Init = (delegate* unmanaged<uint, int>)Export(library, "cuInit");
        DriverGetVersion = (delegate* unmanaged<int*, int>)Export(library, "cuDriverGetVersion");
        DeviceGetCount = (delegate* unmanaged<int*, int>)Export(library, "cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, int>)Export(library, "cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)Export(library, "cuDeviceGetName");
        DeviceGetAttribute = (delegate* unmanaged<int*, CudaDeviceAttribute, int, int>)Export(library, "cuDeviceGetAttribute");
        DeviceTotalMem = (delegate* unmanaged<nuint*, int, int>)Export(library, "cuDeviceTotalMem_v2");
        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)Export(library, "cuDevicePrimaryCtxRetain");
        DevicePrimaryCtxRelease = (delegate* unmanaged<int, int>)Export(library, "cuDevicePrimaryCtxRelease_v2");
        CtxGetCurrent = (delegate* unmanaged<nint*, int>)Export(library, "cuCtxGetCurrent");
        CtxPushCurrent = (delegate* unmanaged<nint, int>)Export(library, "cuCtxPushCurrent_v2");
        CtxPopCurrent = (delegate* unmanaged<nint*, int>)Export(library, "cuCtxPopCurrent_v2");
        CtxGetDevice = (delegate* unmanaged<int*, int>)Export(library, "cuCtxGetDevice");
        ModuleLoadData = (delegate* unmanaged<nint*, byte*, int>)Export(library, "cuModuleLoadData");
        ModuleUnload = (delegate* unmanaged<nint, int>)Export(library, "cuModuleUnload");
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)Export(library, "cuModuleGetFunction");
        FuncGetAttribute = (delegate* unmanaged<int*, CudaFunctionAttribute, nint, int>)Export(library, "cuFuncGetAttribute");
        FuncSetAttribute = (delegate* unmanaged<nint, CudaFunctionAttribute, int, int>)Export(library, "cuFuncSetAttribute");
        LaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Export(library, "cuLaunchKernel");
        MemAlloc = (delegate* unmanaged<nint*, nuint, int>)Export(library, "cuMemAlloc_v2");
        MemFree = (delegate* unmanaged<nint, int>)Export(library, "cuMemFree_v2");
        MemGetInfo = (delegate* unmanaged<nuint*, nuint*, int>)Export(library, "cuMemGetInfo_v2");
        MemcpyHtoDAsync = (delegate* unmanaged<nint, void*, nuint, nint, int>)Export(library, "cuMemcpyHtoDAsync_v2");
        MemcpyDtoHAsync = (delegate* unmanaged<void*, nint, nuint, nint, int>)Export(library, "cuMemcpyDtoHAsync_v2");
        StreamCreate = (delegate* unmanaged<nint*, uint, int>)Export(library, "cuStreamCreate");
        StreamDestroy = (delegate* unmanaged<nint, int>)Export(library, "cuStreamDestroy_v2");
        StreamSynchronize = (delegate* unmanaged<nint, int>)Export(library, "cuStreamSynchronize");
        EventCreate = (delegate* unmanaged<nint*, uint, int>)Export(library, "cuEventCreate");
        EventDestroy = (delegate* unmanaged<nint, int>)Export(library, "cuEventDestroy_v2");
        EventRecord = (delegate* unmanaged<nint, nint, int>)Export(library, "cuEventRecord");
        EventSynchronize = (delegate* unmanaged<nint, int>)Export(library, "cuEventSynchronize");
        EventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)Export(library, "cuEventElapsedTime");
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

    public delegate* unmanaged<int*, int> CtxGetDevice { get; }

    public delegate* unmanaged<nint*, byte*, int> ModuleLoadData { get; }

    public delegate* unmanaged<nint, int> ModuleUnload { get; }

    public delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction { get; }

    public delegate* unmanaged<int*, CudaFunctionAttribute, nint, int> FuncGetAttribute { get; }

    public delegate* unmanaged<nint, CudaFunctionAttribute, int, int> FuncSetAttribute { get; }

    public delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel { get; }

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

    /// <summary>The driver of this process, or the reason why there is none.</summary>
    public static CudaDriver? TryGet(out string fault)
    {
        fault = _shared.Value.Fault;
        return _shared.Value.Driver;
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
        return new(call, result, Marshal.PtrToStringUTF8((nint)name) ?? "an unknown error", Marshal.PtrToStringUTF8((nint)text) ?? "no text");
    }

    private static (CudaDriver? Driver, string Fault) Open()
    {
        NativeLibrarySearch search = new();
        nint library = search.Load(LibraryVariable, ["libcuda.so.1", "nvcuda.dll"]);
        if (library == 0)
        {
            return (null, $"No CUDA driver was found. Install the NVIDIA driver, or set {LibraryVariable} to its library. Tried:{search.Failures}");
        }

        try
        {
            CudaDriver driver = new(library, search.LoadedFrom!);
            int result = driver.Init(0);
            return result == (int)CudaResult.Success
                ? (driver, "")
                : (null, $"The CUDA driver {search.LoadedFrom} cannot be used. {driver.Fault(result, "cuInit").Message}");
        }
        catch (EntryPointNotFoundException fault)
        {
            return (null, $"The CUDA driver {search.LoadedFrom} is too old: {fault.Message}. Install a driver for CUDA 12 or newer.");
        }
    }

    private static nint Export(nint library, string name) => NativeLibrary.TryGetExport(library, name, out nint address)
        ? address
        : throw new EntryPointNotFoundException($"it has no {name}");
}
