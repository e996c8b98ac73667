using System.Security.Cryptography;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;
using Microsoft.Extensions.Logging.Abstractions;

namespace KernelGen.RuntimeHost.Tests.Cuda;

[TestClass]
public sealed class CubinCacheTests
{
    private static readonly KernelImage _image = new(KernelImageKind.Cubin, RandomNumberGenerator.GetBytes(5000));
    private static readonly string _key = CubinCache.Key(new(TestVariants.Real()), "compiler", "sm_80");

    public TestContext TestContext { get; set; } = null!;

    public static bool ModesMatter => !OperatingSystem.IsWindows() && Environment.UserName != "root";

    private string Folder => TestContext.TestTempDirectory!;

    private string File => Path.Combine(Folder, _key[..2], _key + ".kgc");

    [TestMethod]
    public void WrittenKernel_IsRead()
    {
        CubinCache cache = Cache(Folder, 1 << 20);
        Assert.IsNull(cache.TryRead(_key));
        cache.TryWrite(_key, _image);
        KernelImage? read = Cache(Folder, 1 << 20).TryRead(_key);

        Assert.IsNotNull(read);
        Assert.AreEqual(KernelImageKind.Cubin, read.Kind);
        Assert.AreSequenceEqual(_image.Bytes.ToArray(), read.Bytes.ToArray());
        Assert.HasCount(1, Directory.GetFiles(Folder, "*", SearchOption.AllDirectories));
    }

    [TestMethod]
    public void Key_CoversSourceSpecializationCompilerAndArchitecture()
    {
        string[] keys =
        [
            _key,
            CubinCache.Key(new(TestVariants.Real(KernelFamily.Materialized)), "compiler", "sm_80"),
            CubinCache.Key(new(TestVariants.Real(), KernelSpecialization.Masked), "compiler", "sm_80"),
            CubinCache.Key(new(TestVariants.Real()), "another compiler", "sm_80"),
            CubinCache.Key(new(TestVariants.Real()), "compiler", "sm_90"),
            CubinCache.Key(new(TestVariants.Real()), "compilers", "m_80"),
            CubinCache.Key(new(TestVariants.OfText("a", "1")), "compiler", "sm_80"),
            CubinCache.Key(new(TestVariants.OfText("a", "2")), "compiler", "sm_80"),
        ];

        Assert.AreEqual(keys.Length, keys.Distinct().Count());
        Assert.AreEqual(
            CubinCache.Key(new(TestVariants.OfText("a", "1")), "c", "s"), CubinCache.Key(new(TestVariants.OfText("b", "1")), "c", "s"));
    }

    [TestMethod]
    public void EveryDamagedByte_IsNoticed_AndTheFileDeleted()
    {
        CubinCache cache = Cache(Folder, 1 << 20);
        cache.TryWrite(_key, _image);
        byte[] sound = System.IO.File.ReadAllBytes(File);

        // Magic, key, kind, length, image, hash.
        foreach (int at in new[] { 0, 7, 8, 39, 40, 43, 44, 47, 48, 2000, sound.Length - 33, sound.Length - 32, sound.Length - 1 })
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= 1;
            System.IO.File.WriteAllBytes(File, damaged);

            Assert.IsNull(cache.TryRead(_key), $"byte {at}");
            Assert.IsFalse(System.IO.File.Exists(File), $"byte {at}");
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(10)]
    [DataRow(60)]
    [DataRow(4000)]
    public void TruncatedFile_IsNoticed(int length)
    {
        CubinCache cache = Cache(Folder, 1 << 20);
        cache.TryWrite(_key, _image);
        System.IO.File.WriteAllBytes(File, System.IO.File.ReadAllBytes(File)[..length]);

        Assert.IsNull(cache.TryRead(_key));
        Assert.IsFalse(System.IO.File.Exists(File));
    }

    [TestMethod]
    public void FileOfAnotherKey_IsNoticed()
    {
        string other = CubinCache.Key(new(TestVariants.OfText("a", "1")), "compiler", "sm_80");
        CubinCache cache = Cache(Folder, 1 << 20);
        cache.TryWrite(other, _image);
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.Copy(Path.Combine(Folder, other[..2], other + ".kgc"), File);

        Assert.IsNull(cache.TryRead(_key));
        Assert.IsNotNull(cache.TryRead(other));
    }

    [TestMethod]
    public void FolderThatCannotBe_IsNoError()
    {
        string occupied = Path.Combine(Folder, "file");
        System.IO.File.WriteAllText(occupied, "not a folder");
        foreach (string folder in new[] { occupied, Path.Combine(occupied, "below"), "/proc/nobody/writes/here" })
        {
            CubinCache cache = Cache(folder, 1 << 20);
            cache.TryWrite(_key, _image);
            Assert.IsNull(cache.TryRead(_key));
            cache.Forget(_key);
        }
    }

    [TestMethod]
    [MemberCondition(typeof(CubinCacheTests), nameof(ModesMatter), IgnoreMessage = "This user may write into read-only folders.")]
    public void ReadOnlyFolder_IsReadFrom()
    {
        CubinCache cache = Cache(Folder, 1 << 20);
        cache.TryWrite(_key, _image);
        string folder = Path.GetDirectoryName(File)!;
        if (OperatingSystem.IsWindows())
            return;
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead);
        System.IO.File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            cache.TryWrite(_key, _image with { Kind = KernelImageKind.Ptx });
            Assert.AreEqual(KernelImageKind.Cubin, cache.TryRead(_key)!.Kind);
        }
        finally
        {
            System.IO.File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [TestMethod]
    [MemberCondition(typeof(CubinCacheTests), nameof(ModesMatter), IgnoreMessage = "This user may list any folder.")]
    public void AFolderThatMayNotBeListed_IsPassedOver_WhenTheCacheIsCutBack()
    {
        if (OperatingSystem.IsWindows())
            return;
        string closed = Path.Combine(Folder, _key[..2] == "00" ? "01" : "00");
        Directory.CreateDirectory(closed, UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            Cache(Folder, 0).TryWrite(_key, _image);

            Assert.IsTrue(Directory.Exists(Path.GetDirectoryName(File)));
            Assert.IsFalse(System.IO.File.Exists(File), "the cache was cut back to nothing");
        }
        finally
        {
            System.IO.File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [TestMethod]
    public void Off_KeepsNothing()
    {
        CubinCache cache = Cache(null, 1 << 20);
        cache.TryWrite(_key, _image);

        Assert.IsNull(cache.TryRead(_key));
    }

    [TestMethod]
    public void FullFolder_LosesWhatWasUsedLongestAgo()
    {
        // Room for three.
        CubinCache cache = Cache(Folder, 16_000);
        string[] keys = [.. Enumerable.Range(0, 4).Select(i => CubinCache.Key(new(TestVariants.OfText("a", $"{i}")), "compiler", "sm_80"))];
        for (int i = 0; i < 3; i++)
        {
            cache.TryWrite(keys[i], _image);
            System.IO.File.SetLastWriteTimeUtc(Path.Combine(Folder, keys[i][..2], keys[i] + ".kgc"), DateTime.UtcNow.AddMinutes(i - 10));
        }

        Assert.IsNotNull(cache.TryRead(keys[0]), "a read makes it the newest");
        cache.TryWrite(keys[3], _image);

        Assert.AreSequenceEqual(new[] { true, false, true, true }, keys.Select(key => cache.TryRead(key) is not null));
    }

    [TestMethod]
    public void FilesOfDeadWriters_AreSweptUp()
    {
        string id = new('0', 32), below = Directory.CreateDirectory(Path.Combine(Folder, "ab")).FullName;
        string name = "ab" + new string('c', 62) + ".kgc";
        string old = Old(Path.Combine(below, $"{name}.{id}.tmp")), fresh = Path.Combine(below, $"{name}.{new string('1', 32)}.tmp");
        System.IO.File.WriteAllText(fresh, "");
        Cache(Folder, 1 << 20).TryWrite(_key, _image);

        Assert.IsFalse(System.IO.File.Exists(old));
        Assert.IsTrue(System.IO.File.Exists(fresh));
    }

    [TestMethod]
    public void ManyWritersAndReaders_SeeAllOrNothing()
    {
        int hits = 0;
        Parallel.For(0, 400, new() { MaxDegreeOfParallelism = 8 }, i =>
        {
            CubinCache cache = Cache(Folder, 1 << 20);
            if (i % 4 == 0)
                cache.TryWrite(_key, _image);
            else if (cache.TryRead(_key) is { } read)
            {
                Assert.IsTrue(read.Bytes.Span.SequenceEqual(_image.Bytes.Span));
                Interlocked.Increment(ref hits);
            }
        });

        Assert.IsGreaterThan(0, hits);
        Assert.HasCount(1, Directory.GetFiles(Folder, "*", SearchOption.AllDirectories));
    }

    private static string Old(string path)
    {
        System.IO.File.WriteAllText(path, "");
        System.IO.File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-3));
        return path;
    }

    private static CubinCache Cache(string? folder, long maxBytes) => new(new(folder, maxBytes), NullLogger.Instance);
}
