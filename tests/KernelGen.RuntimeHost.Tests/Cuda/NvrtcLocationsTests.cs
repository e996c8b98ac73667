using KernelGen.Cuda.Interop;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>The search for NVRTC, on systems that are made up.</summary>
[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows, IgnoreMessage = "Paths are joined as on Linux.")]
public sealed class NvrtcLocationsTests
{
    [TestMethod]
    [DataRow(typeof(UnauthorizedAccessException))]
    [DataRow(typeof(IOException))]
    [DataRow(typeof(DirectoryNotFoundException))]
    [DataRow(typeof(System.Security.SecurityException))]
    public void FoldersThatMayNotBeListed_ArePassedOver(Type type)
    {
        SearchedSystem closed = Linux() with
        {
            Folders = (folder, _) =>
                folder == "/usr/lib" ? ["/usr/lib/python3.11"] : throw (Exception)Activator.CreateInstance(type, folder)!,
            Files = (folder, _) => throw (Exception)Activator.CreateInstance(type, folder)!,
            FileExists = path => path == "/usr/lib/python3.11/site-packages/nvidia/cu13/lib/libnvrtc.so.13",
        };

        Assert.AreSequenceEqual(
            ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so", "/usr/lib/python3.11/site-packages/nvidia/cu13/lib/libnvrtc.so.13"],
            new NvrtcLocations(closed).Candidates());
        Assert.IsEmpty(new NvrtcLocations(closed).Builtins("/opt/lib/libnvrtc.so.13", new(13, 0)));
    }

    [TestMethod]
    public void FoldersWhoseListBreaksOffInTheMiddle_ArePassedOver()
    {
        SearchedSystem breaking = Linux() with { Folders = (folder, _) => Broken(folder) };

        Assert.HasCount(3, new NvrtcLocations(breaking).Candidates());

        static IEnumerable<string> Broken(string folder)
        {
            yield return Path.Combine(folder, "python3.9");
            throw new IOException("Stale file handle");
        }
    }

    [TestMethod]
    public void Candidates_AreTheLoadersNames_ThenToolkit_ThenWheels_NewestFirst()
    {
        SearchedSystem system = Linux() with
        {
            Variable = name => name switch { "CUDA_PATH" => "/toolkit", "VIRTUAL_ENV" => "/venv", _ => null },
            Folders = (folder, pattern) => (folder, pattern) switch
            {
                ("/usr/local", "cuda-1*") => ["/usr/local/cuda-12.4", "/usr/local/cuda-13.0"],
                ("/venv/lib", "python3*") => ["/venv/lib/python3.12"],
                _ => [],
            },
            FileExists = path => path.EndsWith("libnvrtc.so.13", StringComparison.Ordinal),
        };

        Assert.AreSequenceEqual(["libcuda.so.1"], CudaLibraries.DriverNames(system));
        Assert.AreSequenceEqual(
            [
                "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so",
                "/toolkit/bin/libnvrtc.so.13", "/toolkit/bin/x64/libnvrtc.so.13", "/toolkit/lib64/libnvrtc.so.13",
                "/usr/local/cuda/lib64/libnvrtc.so.13", "/usr/local/cuda-13.0/lib64/libnvrtc.so.13",
                "/usr/local/cuda-12.4/lib64/libnvrtc.so.13",
                "/venv/lib/python3.12/site-packages/nvidia/cu13/lib/libnvrtc.so.13",
                "/venv/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.13",
                "/venv/lib/python3.12/dist-packages/nvidia/cu13/lib/libnvrtc.so.13",
                "/venv/lib/python3.12/dist-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.13",
            ],
            new NvrtcLocations(system).Candidates());
    }

    [TestMethod]
    public void OnWindows_ItIsTheToolkitsFolders()
    {
        SearchedSystem windows = Linux() with
        {
            IsWindows = true,
            Variable = name => name == "CUDA_PATH" ? "/toolkit" : null,
            FileExists = path => path.EndsWith("nvrtc64_130_0.dll", StringComparison.Ordinal),
            Folders = (_, _) => throw new InvalidOperationException("no folder is listed"),
        };

        Assert.AreSequenceEqual(["nvcuda.dll"], CudaLibraries.DriverNames(windows));
        Assert.AreSequenceEqual(
            [
                "nvrtc64_130_0.dll", "nvrtc64_120_0.dll",
                "/toolkit/bin/nvrtc64_130_0.dll", "/toolkit/bin/x64/nvrtc64_130_0.dll", "/toolkit/lib64/nvrtc64_130_0.dll",
            ],
            new NvrtcLocations(windows).Candidates());
    }

    [TestMethod]
    public void Builtins_AreFoundByVersion_WhereTheFolderMayNotBeListed()
    {
        SearchedSystem closed = Linux() with
        {
            Files = (folder, _) => throw new UnauthorizedAccessException(folder),
            FileExists = path => path == "/opt/lib/libnvrtc-builtins.so.13.0",
        };

        Assert.AreSequenceEqual(
            ["/opt/lib/libnvrtc-builtins.so.13.0"], new NvrtcLocations(closed).Builtins("/opt/lib/libnvrtc.so.13", new(13, 0)));
        Assert.IsEmpty(new NvrtcLocations(closed).Builtins("libnvrtc.so.13", new(13, 0)));
    }

    private static SearchedSystem Linux() => new()
    {
        IsWindows = false,
        Variable = _ => null,
        Home = "/home/somebody",
        FileExists = _ => false,
        Folders = (_, _) => [],
        Files = (_, _) => [],
    };
}
