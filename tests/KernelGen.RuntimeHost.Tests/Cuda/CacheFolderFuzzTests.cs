using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using KernelGen.Cuda.Compilation;
using KernelGen.RuntimeHost.Tests.Tuning;
using KernelGen.Tests.Shared;
using KernelGen.Tuning;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>
/// Cache folders in which anything may lie: links, pipes, folders in the place of files, sparse giants, damaged entries, what others
/// may write to. Nothing foreign is touched, nothing hangs or throws, and what is read is what was written.
/// </summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
[SupportedOSPlatform("linux")]
public sealed partial class CacheFolderFuzzTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly string[] _keys =
    [
        .. Enumerable.Range(0, 3).Select(i => CubinCache.Key(new(TestVariants.OfText("a", $"{i}")), "compiler", "sm_80")),
    ];

    private static readonly string _id = new('0', 32);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void AnyFolder_IsUsedOrPassedOver()
    {
        string root = Path.Combine(TestContext.TestTempDirectory!, "fuzz");
        FuzzRun.Of("cache folder", 150, random =>
        {
            Directory.CreateDirectory(root, Private);
            try
            {
                return Case(root, random);
            }
            finally
            {
                Remove(root);
            }
        });
    }

    private static string Case(string root, Random random)
    {
        string outside = Directory.CreateDirectory(Path.Combine(root, "outside"), Private).FullName, folder = Path.Combine(root, "cache");
        string victim = Path.Combine(outside, "victim");
        File.WriteAllText(victim, "not to be touched");
        Age(victim, random);
        if (random.Once(10))
        {
            string disk = Directory.CreateDirectory(Path.Combine(root, "disk"), Private).FullName;
            Directory.CreateSymbolicLink(folder, random.Any(disk, Path.Combine(root, "nowhere")));
        }
        else if (!random.Once(10))
            Directory.CreateDirectory(folder, Private);

        // Entries to damage.
        Dictionary<string, KernelImage> images = _keys.ToDictionary(
            key => key,
            _ => new KernelImage(
                random.Any(KernelImageKind.Cubin, KernelImageKind.Ptx), RandomNumberGenerator.GetBytes(random.Next(1, 3000))));
        CubinCache first = new(new(folder, 1 << 20), new ListLogger());
        foreach (string key in _keys.Where(_ => random.Once(2)))
            first.TryWrite(key, images[key]);

        List<string> foreign = [victim];
        if (Directory.Exists(folder))
        {
            for (int n = random.Next(8); n > 0; n--)
                Disturb(folder, outside, random, foreign);
        }

        return Use(folder, images, random, foreign);
    }

    private static string Use(string folder, Dictionary<string, KernelImage> images, Random random, List<string> foreign)
    {
        (string Path, string Before)[] kept = [.. foreign.Select(path => (path, Describe(path)))];
        ListLogger log = new();
        CubinCache cache = new(new(folder, random.Any(0, 2000, 1 << 20)), log);
        MeasurementFile measurements = new(folder, log);
        int read = 0;
        for (int n = random.Next(1, 12); n > 0; n--)
        {
            string key = random.Any<string>(_keys);
            switch (random.Next(6))
            {
                case 0:
                    cache.TryWrite(key, images[key]);
                    break;
                case 1:
                    cache.Forget(key);
                    break;
                case 2:
                    measurements.Add([new("device", "kernel", "code", 1, 1, 1, 1, 1, 1, 8, false, 1e-3)]);
                    break;
                case 3:
                    measurements.Read();
                    break;
                default:
                    _ = cache.Has(key);
                    if (cache.TryRead(key) is { } image)
                    {
                        read++;
                        Assert.AreEqual(images[key].Kind, image.Kind);
                        Assert.IsTrue(images[key].Bytes.Span.SequenceEqual(image.Bytes.Span), "what was read is not what was written");
                    }

                    break;
            }
        }

        foreach ((string path, string before) in kept)
            Assert.AreEqual(before, Describe(path), path);
        Assert.AreEqual(log.Entries.Count, log.Entries.Distinct().Count(), $"said more than once: {string.Join('\n', log.Entries)}");
        return read > 0 ? "read" : log.Entries.IsEmpty ? "empty" : "passed over";
    }

    // One thing that another program, or another person, may have left there.
    private static void Disturb(string folder, string outside, Random random, List<string> foreign)
    {
        string key = random.Any<string>(_keys), below = Path.Combine(folder, random.Any(key[..2], "ab", "AB", "sub", ".."[1..]));
        if (!Directory.Exists(below) && !File.Exists(below) && new FileInfo(below).LinkTarget is null)
        {
            if (random.Once(6))
            {
                Directory.CreateSymbolicLink(below, random.Any(outside, folder, Path.GetDirectoryName(folder)!, "/"));
                return;
            }

            Directory.CreateDirectory(below, Private);
        }

        if (new FileInfo(below).LinkTarget is not null || !Directory.Exists(below))
            return;

        string own = key[..2] == Path.GetFileName(below)
            ? random.Any(key + ".kgc", $"{key}.kgc.{_id}.tmp")
            : random.Any("measurements.json", $"measurements.json.{_id}.tmp");
        string name = random.Any(
            own, own, own, "thesis.tmp", "a.kgc", $"{key}.tmp", $"{key}.kgc.tmp",
            $"{key[1..]}.kgc", "measurements.json.tmp", key.ToUpperInvariant() + ".kgc");
        string path = Path.Combine(below, name);
        bool isOwn = name == own && (Path.GetFileName(below) == key[..2]) != name.StartsWith("measurements", StringComparison.Ordinal);
        if (File.Exists(path) && random.Once(2))
        {
            Damage(path, random);
            return;
        }

        if (File.Exists(path) || Directory.Exists(path) || new FileInfo(path).LinkTarget is not null)
            return;
        switch (random.Next(7))
        {
            case 0:
                File.CreateSymbolicLink(path, random.Any(Path.Combine(outside, "victim"), "/dev/zero", "nowhere", path));
                return;
            case 1:
                Assert.AreEqual(0, MakePipe(path, 0x180));
                return;
            case 2:
                Directory.CreateDirectory(path, Private);
                return;
            case 3:
                using (FileStream giant = File.Create(path))
                    giant.SetLength(5L << 30);
                break;
            case 4:
                File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(random.Next(300)));
                break;
            case 5:
                File.WriteAllText(path, random.Any(
                    "", "{", "null", """{"Format":1,"Measurements":[null]}""", """{"Format":1,"Measurements":null}""",
                    "[[[[", """{"Format":"x"}"""));
                break;
            default:
                File.WriteAllText(path, "others");
                File.SetUnixFileMode(path, (UnixFileMode)random.Next(512));
                break;
        }

        Age(path, random);
        if (!isOwn)
            foreign.Add(path);
    }

    // An entry whose bytes, length or mode are not what they were.
    private static void Damage(string path, Random random)
    {
        if (new FileInfo(path) is not { LinkTarget: null, Length: > 0 and < 100_000 })
            return;
        byte[] bytes = File.ReadAllBytes(path);
        switch (random.Next(4))
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, bytes);
                break;
            case 1:
                File.WriteAllBytes(path, bytes[..random.Next(bytes.Length)]);
                break;
            case 2:
                File.WriteAllBytes(path, [.. bytes, .. bytes]);
                break;
            default:
                File.SetUnixFileMode(random.Any(path, Path.GetDirectoryName(path)!), Private | (UnixFileMode)random.Next(64));
                break;
        }
    }

    private static void Age(string path, Random random) =>
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(random.Any(-3, 0, 10_000)));

    private static string Describe(string path) => new FileInfo(path) is { Exists: true } file
        ? $"{file.Length} bytes of {file.LastWriteTimeUtc:O}, mode {file.UnixFileMode}: "
            + $"{(file.Length < 1000 ? Convert.ToHexString(File.ReadAllBytes(path)) : "")}"
        : "gone";

    private static void Remove(string root)
    {
        EnumerationOptions noLinks = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (string folder in Directory.EnumerateDirectories(root, "*", noLinks))
            File.SetUnixFileMode(folder, Private);
        Directory.Delete(root, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);
}
