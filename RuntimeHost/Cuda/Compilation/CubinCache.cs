using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KernelGen.Files;
using KernelGen.Kernels;
using Microsoft.Extensions.Logging;

namespace KernelGen.Cuda.Compilation;

/// <summary>Keeps compiled kernels on disk, one self-checking file each, shared by any number of processes of a user.</summary>
/// <remarks>
/// A file is <c>magic (8), key (32), kind (4), length (4), image, SHA-256 of all before (32)</c>, and its name is its key, in a folder
/// named by the key's first two digits. It is written under another name and renamed, so that a reader sees all of it or nothing. Whatever
/// is not sound is deleted and compiled again; a folder that cannot be written to is no error. Files and folders of other names are never
/// looked at, and links not followed. The hash detects damage, not forgery: what other users own or may write to is passed over, see <see
/// cref="PrivateFolder"/>. The key covers source, shared headers, specialisation, compiler, options and architecture, never compiler
/// output, which is not always the same.
/// </remarks>
internal sealed class CubinCache
{
    private const int KeyBytes = SHA256.HashSizeInBytes;
    private const int HeaderBytes = 8 + KeyBytes + 4 + 4;
    private const string Extension = ".kgc";

    /// <summary>Kernels are some hundred kilobytes.</summary>
    private const int MaxFileBytes = 64 << 20;

    private readonly PrivateFolder? _folder;
    private readonly long _maxBytes;

    /// <summary>A cache in a folder, which need not be there.</summary>
    /// <param name="options">The folder and the size to which it is cut back.</param>
    /// <param name="logger">Told what is passed over, and that nothing can be kept.</param>
    public CubinCache(CubinCacheOptions options, ILogger logger)
    {
        _maxBytes = options.MaxBytes;
        _folder = options.Folder is null ? null : new(options.Folder, (path, reason) => CudaLog.CachePassedOver(logger, path, reason));
    }

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
        Append(hash, kernel.Variant.Cuda!.Text());
        foreach (CudaHeader header in kernel.Variant.Cuda!.Headers)
        {
            Append(hash, Encoding.UTF8.GetBytes(header.Name));
            Append(hash, header.Text());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>There is a file of a kernel, sound or not.</summary>
    public bool Has(string key) => PathOf(key) is { } path && File.Exists(path);

    /// <summary>Reads a kernel, or gives null when it is not there, not sound or not to be trusted.</summary>
    public KernelImage? TryRead(string key)
    {
        if (PathOf(key) is not { } path || !File.Exists(path))
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

    /// <summary>Stores a kernel; where that cannot be done, says so once.</summary>
    public void TryWrite(string key, KernelImage image)
    {
        if (_folder is null)
        {
            return;
        }

        try
        {
            if (_folder.ForWriting(key[..2], key + Extension) is { } path)
            {
                TemporaryFile.Write(path, Serialize(key, image));
                CutBack();
            }
        }
        catch (Exception fault) when (PrivateFolder.IsFault(fault))
        {
            // A read-only folder, a full disk: no reason not to run.
            _folder.Tell(_folder.Path, $"it cannot be written to ({fault.Message})");
        }
    }

    /// <summary>Deletes a kernel that the driver refused.</summary>
    public void Forget(string key)
    {
        if (PathOf(key) is { } path)
        {
            Try(() => File.Delete(path));
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

    // What cannot be done to a file that another process has just deleted need not be.
    private static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception fault) when (PrivateFolder.IsFault(fault))
        {
            return false;
        }
    }

    private static bool IsEntry(string name, string folder) =>
        name.Length == (2 * KeyBytes) + Extension.Length && name.EndsWith(Extension, StringComparison.Ordinal)
            && name.StartsWith(folder, StringComparison.Ordinal)
        && TemporaryFile.IsHexadecimal(name.AsSpan(0, 2 * KeyBytes));

    private string? PathOf(string key) => _folder?.ForReading(key[..2], key + Extension);

    private void CutBack()
    {
        List<FileInfo> entries = [];
        for (int digits = 0; digits <= 0xFF; digits++)
        {
            string below = Invariant($"{digits:x2}");
            foreach (FileInfo file in _folder!.Files(below))
            {
                if (IsEntry(file.Name, below))
                {
                    entries.Add(file);
                }
                else if (TemporaryFile.TargetOf(file.Name) is { } target && IsEntry(target, below) && TemporaryFile.IsAbandoned(file))
                {
                    Try(file.Delete);
                }
            }
        }

        long bytes = entries.Sum(file => file.Length);
        foreach (FileInfo file in entries.OrderBy(file => file.LastWriteTimeUtc))
        {
            if (bytes <= _maxBytes)
            {
                return;
            }

            bytes -= Try(file.Delete) ? file.Length : 0;
        }
    }
}
