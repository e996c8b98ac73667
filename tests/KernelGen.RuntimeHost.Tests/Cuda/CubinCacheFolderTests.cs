using KernelGen.Cuda.Compilation;
using KernelGen.Cuda.Interop;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Where compiled kernels are kept, on systems that are made up.</summary>
[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows, IgnoreMessage = "Paths are joined as on Linux.")]
public sealed class CubinCacheFolderTests
{
    private static readonly SearchedSystem _linux = new()
    {
        IsWindows = false,
        Variable = _ => null,
        Home = "/home/somebody",
        LocalApplicationData = "/home/somebody/.local/share",
        IsFullyQualified = path => path.StartsWith('/'),
    };

    private static readonly SearchedSystem _windows = new()
    {
        IsWindows = true,
        Variable = _ => null,
        Home = @"C:\Users\Somebody",
        LocalApplicationData = @"C:\Users\Somebody\AppData\Local",
        IsFullyQualified = path => path.Length > 2 && path[1] == ':' && path[2] is '\\' or '/',
    };

    [TestMethod]
    public void OnLinux_ItIsBelowTheUsersCache() => Assert.AreEqual("/home/somebody/.cache/kernelgen/v1", Folder(_linux));

    [TestMethod]
    public void OnWindows_ItIsBelowTheUsersLocalData() =>
        Assert.AreEqual(@"C:\Users\Somebody\AppData\Local/kernelgen/v1", Folder(_windows));

    [TestMethod]
    [DataRow("/fast/cache", "/fast/cache/kernelgen/v1")]
    [DataRow("relative", "/home/somebody/.cache/kernelgen/v1")]
    [DataRow("", "/home/somebody/.cache/kernelgen/v1")]
    public void OfXdgCacheHome_OnlyAnAbsoluteFolderIsTaken(string value, string folder) =>
        Assert.AreEqual(folder, Folder(With(_linux, "XDG_CACHE_HOME", value)));

    [TestMethod]
    public void AFolderOfLinux_IsNoFullPathOnWindows() =>
        Assert.AreEqual(@"C:\Users\Somebody\AppData\Local/kernelgen/v1", Folder(With(_windows, "XDG_CACHE_HOME", "/fast/cache")));

    [TestMethod]
    public void WithoutAHome_NothingIsKept()
    {
        Assert.IsNull(Folder(_linux with { Home = "" }));
        Assert.IsNull(Folder(_windows with { LocalApplicationData = "" }));
    }

    [TestMethod]
    public void TheVariable_ComesFirst_AsItIsWritten()
    {
        foreach (SearchedSystem system in (SearchedSystem[])[_linux, _windows])
        {
            Assert.AreEqual("/chosen", Folder(With(system, CubinCacheOptions.FolderVariable, "/chosen")));
            Assert.IsNull(Folder(With(system, CubinCacheOptions.FolderVariable, "OFF")));
        }
    }

    private static string? Folder(SearchedSystem system) => CubinCacheOptions.From(system).Folder;

    private static SearchedSystem With(SearchedSystem system, string name, string value) =>
        system with { Variable = asked => asked == name ? value : null };
}
