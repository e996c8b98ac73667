using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using KernelGen.Cuda.Compilation;
using KernelGen.RuntimeHost.Tests.Tuning;
using KernelGen.Tuning;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>The cubin cache in folders where other people and other programs are at work.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
[SupportedOSPlatform("linux")]
public sealed class CubinCacheTrustTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly KernelImage _image = new(KernelImageKind.Cubin, RandomNumberGenerator.GetBytes(5000));
    private static readonly string _key = CubinCache.Key(new(TestVariants.Real()), "compiler", "sm_80");

    private readonly ListLogger _log = new();

    public TestContext TestContext { get; set; } = null!;

    public static bool IsRoot => Environment.UserName == "root";

    private string Root => TestContext.TestTempDirectory!;

    private string Folder => Path.Combine(Root, "cache");

    private string Below => Path.Combine(Folder, _key[..2]);

    private string Entry => Path.Combine(Below, _key + ".kgc");

    private CubinCache Cache => new(new(Folder, 1 << 20), _log);

    private string[] Said => [.. _log.Entries.Select(entry => entry.Text)];

    [TestMethod]
    public void FilesOfOtherNames_AndWhatLinksLeadTo_AreNeverTouched()
    {
        string hash = new('a', 64), id = new('0', 32);
        string outside = Directory.CreateDirectory(Path.Combine(Root, "outside")).FullName;
        string[] folders =
            [Folder, Path.Combine(Folder, "sub"), Path.Combine(Folder, "aa"), Path.Combine(Folder, "ab"), Path.Combine(Folder, "AA"),
                outside];
        string[] names =
            ["a.tmp", "thesis.tmp", $"{hash}.tmp", $"{hash}.kgc.bak", $"{hash}.{id}.tmp", $"{hash}.kgc.{id[1..]}.tmp", "old.kgc",
                $"A{hash[1..]}.kgc"];
        List<string> foreign = [];
        foreach (string folder in folders)
        {
            Directory.CreateDirectory(folder);
            foreach (string name in names)
                foreign.Add(Old(Path.Combine(folder, name)));
        }

        // Names of the cache's own, but in places that are not.
        foreach (string place in new[] { Folder, Path.Combine(Folder, "sub"), Path.Combine(Folder, "ab"), Path.Combine(Folder, "AA"),
            outside })
            foreign.AddRange([Old(Path.Combine(place, $"{hash}.kgc")), Old(Path.Combine(place, $"{hash}.kgc.{id}.tmp"))]);

        // Links out of the cache, in circles, and in the place of its own folders and files.
        foreach ((string link, string target) in new[] { ("link", outside), ("self", Folder), ("up", Root), ("ac", outside) })
            Directory.CreateSymbolicLink(Path.Combine(Folder, link), target);
        string linked = Path.Combine(Folder, "aa", $"{hash}.kgc");
        System.IO.File.CreateSymbolicLink(linked, Path.Combine(outside, "thesis.tmp"));
        new CubinCache(new(Folder, 0), _log).TryWrite(_key, _image);

        Assert.IsEmpty(foreign.Where(path => !System.IO.File.Exists(path)));
        Assert.IsTrue(System.IO.File.Exists(linked), "not an entry of ours");
        Assert.IsFalse(System.IO.File.Exists(Entry), "the cache was cut back to nothing");
    }

    [TestMethod]
    public void AFolderThatIsALink_IsPassedOver_AndSaidOnce()
    {
        string outside = Directory.CreateDirectory(Path.Combine(Root, "outside")).FullName;
        Directory.CreateDirectory(Folder);
        Directory.CreateSymbolicLink(Below, outside);
        CubinCache cache = Cache;
        for (int i = 0; i < 3; i++)
        {
            cache.TryWrite(_key, _image);
            Assert.IsNull(cache.TryRead(_key));
        }

        Assert.IsEmpty(Directory.GetFileSystemEntries(outside));
        Assert.AreEqual($"Compiled kernels are neither read from {Below} nor kept there: it is a link", Said.Single());
    }

    [TestMethod]
    public void TheFolderItself_MayBeALink()
    {
        Directory.CreateSymbolicLink(Folder, Directory.CreateDirectory(Path.Combine(Root, "disk"), Private).FullName);
        Cache.TryWrite(_key, _image);

        Assert.IsNotNull(Cache.TryRead(_key));
    }

    [TestMethod]
    [DataRow(UnixFileMode.OtherWrite, "")]
    [DataRow(UnixFileMode.GroupWrite, "")]
    [DataRow(UnixFileMode.OtherWrite, "folder below")]
    [DataRow(UnixFileMode.OtherWrite, "file")]
    [DataRow(UnixFileMode.GroupWrite, "file")]
    public void WhatOthersMayWriteTo_IsPassedOver_AndSaidOnce(UnixFileMode mode, string what)
    {
        CubinCache cache = Cache;
        cache.TryWrite(_key, _image);
        string open = what switch { "file" => Entry, "folder below" => Below, _ => Folder };
        System.IO.File.SetUnixFileMode(open, System.IO.File.GetUnixFileMode(open) | mode);
        for (int i = 0; i < 3; i++)
        {
            Assert.IsNull(cache.TryRead(_key));
            Assert.IsFalse(cache.Has(_key));
        }

        Assert.IsTrue(System.IO.File.Exists(Entry));
        Assert.AreEqual(
            $"Compiled kernels are neither read from {open} nor kept there: other users may write to it (chmod go-w makes it yours alone)",
            Said.Single());

        // What is compiled instead takes the place of a file, which is then one's own.
        cache.TryWrite(_key, _image);
        Assert.AreEqual(what == "file", cache.TryRead(_key) is not null);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("folder below")]
    [DataRow("file")]
    [MemberCondition(typeof(CubinCacheTrustTests), nameof(IsRoot), IgnoreMessage = "Only root may give files away.")]
    public void WhatOthersOwn_IsPassedOver_AndSaidOnce(string what)
    {
        CubinCache cache = Cache;
        cache.TryWrite(_key, _image);
        string foreign = what switch { "file" => Entry, "folder below" => Below, _ => Folder };
        Run("chown", "65534", foreign);
        for (int i = 0; i < 3; i++)
            Assert.IsNull(cache.TryRead(_key));

        Assert.AreEqual($"Compiled kernels are neither read from {foreign} nor kept there: another user owns it", Said.Single());
    }

    [TestMethod]
    public void FoldersAndFiles_AreMadeForThisUserAlone()
    {
        Cache.TryWrite(_key, _image);
        Assert.AreEqual(Private, System.IO.File.GetUnixFileMode(Folder));
        Assert.AreEqual(Private, System.IO.File.GetUnixFileMode(Below));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(Entry));
    }

    [TestMethod]
    [DataRow("pipe")]
    [DataRow("link to a device")]
    [DataRow("link to a file")]
    [DataRow("sparse giant")]
    [DataRow("folder")]
    [Timeout(30_000)]
    public void SpecialFiles_AreNoEntries_AndNotOpened(string what)
    {
        Directory.CreateDirectory(Below, Private);
        Place(what, Entry, TestContext.CancellationToken);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.IsNull(Cache.TryRead(_key));
        Assert.IsLessThan(1L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
        Cache.TryWrite(_key, _image);
        Assert.AreEqual(what != "folder", Cache.TryRead(_key) is not null, "a compiled kernel takes its place, but not that of a folder");
    }

    [TestMethod]
    [DataRow("pipe")]
    [DataRow("link to a device")]
    [DataRow("sparse giant")]
    [Timeout(30_000)]
    public void SpecialFiles_AreNoMeasurements(string what)
    {
        Directory.CreateDirectory(Folder, Private);
        Place(what, Path.Combine(Folder, MeasurementFile.FileName), TestContext.CancellationToken);

        Assert.IsEmpty(new MeasurementFile(Folder, _log).Read());
        Assert.HasCount(1, Said);
    }

    [TestMethod]
    public void AbandonedMeasurements_AreSweptUp_AndNothingElse()
    {
        string id = new('0', 32);
        Directory.CreateDirectory(Folder, Private);
        string ours = Old(Path.Combine(Folder, $"measurements.json.{id}.tmp")), other = Old(Path.Combine(Folder, $"thesis.json.{id}.tmp"));
        new MeasurementFile(Folder, _log).Add([new("GPU", "k", "c", 1, 1, 1, 1, 1, 1, 8, false, 1)]);

        Assert.IsFalse(System.IO.File.Exists(ours));
        Assert.IsTrue(System.IO.File.Exists(other));
        Assert.HasCount(1, new MeasurementFile(Folder, _log).Read());
    }

    [TestMethod]
    public void ARelativeFolder_IsNotUsed_AndSaidOnce()
    {
        CubinCache cache = new(new("relative", 1 << 20), _log);
        cache.TryWrite(_key, _image);
        cache.TryWrite(_key, _image);

        Assert.IsNull(cache.TryRead(_key));
        Assert.IsFalse(Directory.Exists("relative"));
        Assert.Contains("from relative nor kept there: its path is relative", Said.Single());
    }

    [TestMethod]
    public void AFolderThatCannotBeWrittenTo_IsSaidOnce()
    {
        string occupied = Path.Combine(Root, "file");
        System.IO.File.WriteAllText(occupied, "not a folder");
        CubinCache cache = new(new(Path.Combine(occupied, "below"), 1 << 20), _log);
        cache.TryWrite(_key, _image);
        cache.TryWrite(_key, _image);

        Assert.Contains("it cannot be written to (", Said.Single());
    }

    private static string Old(string path)
    {
        System.IO.File.WriteAllText(path, "");
        System.IO.File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-3));
        return path;
    }

    private static void Place(string what, string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (what)
        {
            case "pipe":
                Run("mkfifo", path);
                break;
            case "link to a device":
                System.IO.File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "link to a file":
                System.IO.File.WriteAllText(path + ".target", "sound or not");
                System.IO.File.CreateSymbolicLink(path, path + ".target");
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            default:
                // Small enough for an array.
                using (FileStream giant = System.IO.File.Create(path))
                    giant.SetLength(3L << 29);
                break;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, program);
    }
}
