using System.Runtime.InteropServices;
using System.Text;
using KernelGen.Cuda.Interop;
using KernelGen.CudaEmulator;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>The CUDA emulator, loaded as driver and as NVRTC, and asked what the host did.</summary>
internal static unsafe class Emulator
{
    private static readonly Lazy<CudaLibraries> _libraries = new(() => new(Path, Path));
    private static readonly Lazy<nint> _library = new(() => NativeLibrary.Load(Path));

    /// <summary>The library, which is both.</summary>
    public static string Path => EmulatorLibrary.Path;

    /// <summary>Both libraries, loaded.</summary>
    public static CudaLibraries Libraries => _libraries.Value;

    /// <summary>
    /// What has been made and not given back: memory, modules, streams, events, references to the context, NVRTC programs.
    /// </summary>
    public static long LiveObjects => ((delegate* unmanaged<long>)NativeLibrary.GetExport(_library.Value, "emulator_live_objects"))();

    /// <summary>How often a function was called.</summary>
    public static long Calls(string function)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(function + "\0"))
        {
            return ((delegate* unmanaged<byte*, long>)NativeLibrary.GetExport(_library.Value, "emulator_calls"))(name);
        }
    }

    /// <summary>Changes a setting; see the emulator's README.</summary>
    public static void Set(string variable, string value)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes($"CUDA_EMULATOR_{variable}\0"), text = Encoding.UTF8.GetBytes(value + "\0"))
        {
            Assert.AreEqual(1,
                ((delegate* unmanaged<byte*, byte*, int>)NativeLibrary.GetExport(_library.Value, "emulator_set"))(name, text),
                $"{variable}={value}");
        }
    }
}
