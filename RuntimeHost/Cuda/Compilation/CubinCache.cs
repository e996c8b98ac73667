using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>Keeps compiled kernels on disk, one self-checking file each, shared by any number of processes.</summary>
/// <remarks>
/// A file is <c>magic (8), key (32), kind (4), length (4), image, SHA-256 of all before (32)</c>. It is written under another name and
/// renamed, so that a
/// reader sees all of it or nothing. Whatever is not sound is deleted and compiled again; a folder that cannot be written to is no error.
/// The key covers
/// source, shared headers, specialisation, compiler, options and architecture, never compiler output, which is not always the same.
/// </remarks>
internal sealed class CubinCache(CubinCacheOptions options)
{
    private const int KeyBytes = SHA256.HashSizeInBytes;
    private const int HeaderBytes = 8 + KeyBytes + 4 + 4;

    /// <summary>Kernels are some hundred kilobytes.</summary>
    private const int MaxFileBytes = 64 << 20;

    /// <summary>A file that is being written is never this old: its writer has died.</summary>
    private static readonly TimeSpan _abandonedAfter = TimeSpan.FromHours(1);

    private static ReadOnlySpan<byte> Magic => "KGCUBIN1"u8;

    /// <summary>The key of a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="compiler">Name, version and options of the compiler.</param>
    /// <param name="architecture">What it is compiled for.</param>
    public static string Key(SpecializedKernel kernel, string compiler, string architecture)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(compiler));
        Append(hash, Encoding.UTF8.GetBytes(architecture));
        Append(hash, Encoding.UTF8.GetBytes(string.Join('\n', kernel.Specialization.Macros)));
        Append(hash, kernel.Variant.Source());
        foreach (CudaHeader header in kernel.Variant.Cuda!.Headers)
        {
            Append(hash, Encoding.UTF8.GetBytes(header.Name));
            Append(hash, header.Text());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>There is a file of a kernel, sound or not.</summary>
    public bool Has(string key) => options.Folder is not null && File.Exists(PathOf(key));

    /// <summary>Reads a kernel, or gives null when it is not there or not sound.</summary>
    public KernelImage? TryRead(string key)
    {
        if (options.Folder is null)
        {
            return null;
        }

        string path = PathOf(key);
        if (!Has(key))
        {
            return null;
        }

        if (BoundedFile.TryRead(path, MaxFileBytes, out _) is not { } file || Parse(file, key) is not { } image)
        {
            Try(() => File.Delete(path));
            return null;
        }

        // The time of last use is what the folder is cut back by; where it cannot be written, nothing is cut back either.
        Try(() => File.SetLastWriteTimeUtc(path, DateTime.UtcNow));
        return image;
    }

    /// <summary>Stores a kernel; does nothing where that cannot be done.</summary>
    public void TryWrite(string key, KernelImage image)
    {
        if (options.Folder is null)
        {
            return;
        }

        string path = PathOf(key);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        bool written = Try(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(Serialize(key, image));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        });
        if (written)
        {
            Try(CutBack);
        }
        else
        {
            Try(() => File.Delete(temporary));
        }
    }

    /// <summary>Deletes a kernel that the driver refused.</summary>
    public void Forget(string key)
    {
        if (options.Folder is not null)
        {
            Try(() => File.Delete(PathOf(key)));
        }
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        // Lengths keep parts apart: "ab" + "c" is not "a" + "bc".
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }

    private static byte[] Serialize(string key, KernelImage image)
    {
        byte[] file = new byte[HeaderBytes + image.Bytes.Length + SHA256.HashSizeInBytes];
        Magic.CopyTo(file);
        Convert.FromHexString(key, file.AsSpan(8, KeyBytes), out _, out _);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8 + KeyBytes), (int)image.Kind);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8 + KeyBytes + 4), image.Bytes.Length);
        image.Bytes.Span.CopyTo(file.AsSpan(HeaderBytes));
        int hashed = file.Length - SHA256.HashSizeInBytes;
        SHA256.HashData(file.AsSpan(0, hashed), file.AsSpan(hashed));
        return file;
    }

    private static KernelImage? Parse(byte[] file, string key)
    {
        int length = file.Length - HeaderBytes - SHA256.HashSizeInBytes;
        if (length < 0)
        {
            return null;
        }

        // To be sound is to be, byte for byte, what would be written for this key.
        KernelImageKind kind = (KernelImageKind)BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8 + KeyBytes));
        KernelImage image = new(kind, file.AsMemory(HeaderBytes, length));
        return Enum.IsDefined(kind) && file.AsSpan().SequenceEqual(Serialize(key, image)) ? image : null;
    }

    private static bool IsFileFault(Exception fault) => fault is IOException or UnauthorizedAccessException or NotSupportedException;

    // Someone else's file, a read-only folder, a full disk: none of it is a reason not to run.
    private static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception fault) when (IsFileFault(fault))
        {
            return false;
        }
    }

    private string PathOf(string key) => Path.Combine(options.Folder!, key[..2], key + ".kgc");

    private void CutBack()
    {
        DirectoryInfo folder = new(options.Folder!);
        foreach (FileInfo abandoned in folder.GetFiles("*.tmp", SearchOption.AllDirectories))
        {
            if (DateTime.UtcNow - abandoned.LastWriteTimeUtc > _abandonedAfter)
            {
                Try(abandoned.Delete);
            }
        }

        FileInfo[] files = folder.GetFiles("*.kgc", SearchOption.AllDirectories);
        long bytes = files.Sum(file => file.Length);
        foreach (FileInfo file in files.OrderBy(file => file.LastWriteTimeUtc))
        {
            if (bytes <= options.MaxBytes)
            {
                return;
            }

            bytes -= file.Length;
            Try(file.Delete);
        }
    }
}
