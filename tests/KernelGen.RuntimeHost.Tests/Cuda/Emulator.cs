using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using KernelGen.Cuda.Interop;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>The CUDA emulator: built once a run with g++, loaded as driver and as NVRTC, and asked what the host did.</summary>
internal static unsafe class Emulator
{
    private static readonly Lazy<string> _path = new(Build);
    private static readonly Lazy<CudaLibraries> _libraries = new(() => new(Path, Path));
    private static readonly Lazy<nint> _library = new(() => NativeLibrary.Load(Path));

    /// <summary>There is a source tree and a g++.</summary>
    public static bool CanBeBuilt { get; } = Script() is not null && Environment.GetEnvironmentVariable("PATH")!.Split(System.IO.Path.PathSeparator)
        .Any(folder => File.Exists(System.IO.Path.Combine(folder, "g++")));

    /// <summary>The library, which is both.</summary>
    public static string Path => _path.Value;

    /// <summary>Both libraries, loaded.</summary>
    public static CudaLibraries Libraries => _libraries.Value;

    /// <summary>What has been made and not given back: memory, modules, streams, events, references to the context, NVRTC programs.</summary>
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
            Assert.AreEqual(1, ((delegate* unmanaged<byte*, byte*, int>)NativeLibrary.GetExport(_library.Value, "emulator_set"))(name, text), $"{variable}={value}");
        }
    }

    private static string? Script()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string script = System.IO.Path.Combine(folder.FullName, "tests", "CudaEmulator", "build.sh");
            if (File.Exists(script))
                return script;
        }

        return null;
    }

    private static string Build()
    {
        using Process build = Process.Start(new ProcessStartInfo(Script()!) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = build.StandardError.ReadToEndAsync();
        string output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        return build.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]
            : throw new InvalidOperationException($"The emulator could not be built.\n{errors.Result}");
    }
}
