using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace KernelGen.ManagedCudaInterop;

/// <summary>Helps ManagedCuda to its native libraries on Linux, where it looks for names that only developer packages have.</summary>
internal static class NativeNames
{
    /// <summary>From now on <c>nvrtc</c> and <c>libcuda</c> are found under the names that every installation has.</summary>
    public static void Map() => AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name switch
    {
        "nvrtc" or "libnvrtc" => Load("libnvrtc.so.12"),
        "libcuda" or "cuda" => Load("libcuda.so.1"),
        _ => 0,
    };

    private static nint Load(string name) => NativeLibrary.TryLoad(name, out nint library) ? library : 0;
}
