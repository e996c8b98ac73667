using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>Keeps compiled kernels on disk, one self-checking file each, shared by any number of processes.</summary>
/// <remarks>
/// A file is <c>magic, key (32), kind (4), length (4), SHA-256 of the image (32), image</c>. It is written under another name and renamed, so that a reader sees
/// all of it or nothing. Whatever cannot be read is deleted and compiled again; a folder that cannot be written to is no error. The key covers source, shared
/// headers, compiler, options and architecture, never compiler output, which is not always the same.
/// </remarks>
internal sealed class CubinCache(CubinCacheOptions options)
{
    private const int HashBytes = 32;
    private const int HeaderBytes = 8 + HashBytes + 4 + 4 + HashBytes;

    private static ReadOnlySpan<byte> Magic => "KGCUBIN1"u8;

    /// <summary>The folder; null when nothing is kept.</summary>
    public string? Folder => options.Folder;

    /// <summary>The key of a variant.</summary>
    public static string Key(KernelVariant variant, string compiler, string architecture)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(compiler));
        Append(hash, Encoding.UTF8.GetBytes(architecture));
        Append(hash, variant.Source());
        foreach (CudaHeader header in variant.Cuda!.Headers)
        {
            Append(hash, Encoding.UTF8.GetBytes(header.Name));
            Append(hash, header.Text());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Reads a kernel, or gives null when it is not there or not sound.</summary>
    public KernelImage? TryRead(string key)
    {
        if (options.Folder is null)
        {
            return null;
        }

        string path = PathOf(key);
        try
        {
            byte[] file = File.ReadAllBytes(path);
            if (Parse(file, key) is { } image)
            {
                // The time of last use is what the folder is cut back by.
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
                return image;
            }
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (IsFileFault(fault))
        {
            // Unreadable: treated like a damaged file.
        }

        TryDelete(path);
        return null;
    }

    /// <summary>Stores a kernel; silently does nothing where that cannot be done.</summary>
    public void TryWrite(string key, KernelImage image)
    {
        if (options.Folder is null)
        {
            return;
        }

        string path = PathOf(key);
        string temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(Header(key, image));
                stream.Write(image.Bytes.Span);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            CutBack();
        }
        catch (Exception fault) when (IsFileFault(fault))
        {
            TryDelete(temporary);
        }
    }

    /// <summary>Deletes a kernel that the driver refused.</summary>
    public void Forget(string key)
    {
        if (options.Folder is not null)
        {
            TryDelete(PathOf(key));
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

    private static byte[] Header(string key, KernelImage image)
    {
        byte[] header = new byte[HeaderBytes];
        Span<byte> rest = header;
        Magic.CopyTo(rest);
        rest = rest[8..];
        Convert.FromHexString(key).CopyTo(rest);
        rest = rest[HashBytes..];
        BinaryPrimitives.WriteInt32LittleEndian(rest, (int)image.Kind);
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], image.Bytes.Length);
        SHA256.HashData(image.Bytes.Span, rest[8..]);
        return header;
    }

    private static KernelImage? Parse(byte[] file, string key)
    {
        if (file.Length < HeaderBytes)
        {
            return null;
        }

        KernelImageKind kind = (KernelImageKind)BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8 + HashBytes));
        KernelImage image = new(kind, file.AsMemory(HeaderBytes));
        return Enum.IsDefined(kind) && file.AsSpan(0, HeaderBytes).SequenceEqual(Header(key, image)) ? image : null;
    }

    private static bool IsFileFault(Exception fault) => fault is IOException or UnauthorizedAccessException or NotSupportedException;

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (IsFileFault(fault))
        {
            // Someone else's file or a read-only folder; the next reader decides again.
        }
    }

    private string PathOf(string key) => Path.Combine(options.Folder!, key[..2], key + ".kgc");

    private void CutBack()
    {
        FileInfo[] files = new DirectoryInfo(options.Folder!).GetFiles("*.kgc", SearchOption.AllDirectories);
        long bytes = files.Sum(file => file.Length);
        foreach (FileInfo file in files.OrderBy(file => file.LastWriteTimeUtc))
        {
            if (bytes <= options.MaxBytes)
            {
                return;
            }

            TryDelete(file.FullName);
            bytes -= file.Length;
        }
    }
}
