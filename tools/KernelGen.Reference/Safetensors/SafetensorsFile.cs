using System.Buffers.Binary;
using System.Globalization;
using System.IO.MemoryMappedFiles;

namespace KernelGen.Reference.Safetensors;

/// <summary>A safetensors file, mapped into memory for reading: opening a large file costs only its header.</summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>The longest header that is read: 100 MB, the format's own limit.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private const int LengthBytes = sizeof(ulong);

    private readonly MemoryMappedFile? _mapping;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly SafetensorsHeader _header;
    private byte* _data;

    private SafetensorsFile(string path, FileStream stream)
    {
        Path = path;
        long fileBytes = stream.Length;
        Span<byte> length = stackalloc byte[LengthBytes];
        if (fileBytes < LengthBytes)
            throw Fault($"the file has {fileBytes} bytes; a safetensors file begins with an 8-byte header length.");
        stream.ReadExactly(length);
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (headerBytes > MaxHeaderBytes)
            throw Fault($"the header claims {headerBytes} bytes; the format allows {MaxHeaderBytes}. This is not a safetensors file, or it is damaged.");
        if (headerBytes > (ulong)(fileBytes - LengthBytes))
            throw Fault($"the header claims {headerBytes} bytes but only {fileBytes - LengthBytes} follow: the file is truncated.");

        byte[] json = new byte[(int)headerBytes];
        stream.ReadExactly(json);
        long dataBegin = LengthBytes + (long)headerBytes;
        _header = SafetensorsHeader.Parse(path, json, fileBytes - dataBegin);
        Tensors = _header.Entries.Values.ToDictionary(entry => entry.Name, entry => new SafetensorsTensor(this, entry), StringComparer.Ordinal);

        // Tensors without elements need no data, and an empty range cannot be mapped.
        if (fileBytes == dataBegin)
            return;
        _mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, fileBytes, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _data);
        _data += dataBegin;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; }

    /// <summary>The free-form strings of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The first byte behind the header.</summary>
    internal byte* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data is null && _mapping is not null, this);
            return _data;
        }
    }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="SafetensorsException">It is missing, unreadable, damaged or hostile; the message says how.</exception>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            if (Directory.Exists(path))
                throw new SafetensorsException(path, "this is a folder, not a safetensors file.");
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (!stream.CanSeek)
                throw new SafetensorsException(path, "this is a pipe or a device; a safetensors file must be a regular file.");
            return new(path, stream);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SafetensorsException(path, "there is no such file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SafetensorsException(path, $"the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Unmaps the file. Spans and addresses taken from its tensors are invalid from here on.</summary>
    public void Dispose()
    {
        if (_data is null)
            return;
        _data = null;
        _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping!.Dispose();
    }

    private SafetensorsException Fault(FormattableString fault) => new(Path, fault.ToString(CultureInfo.InvariantCulture));
}
