using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace KernelGen.Reference.Safetensors;

/// <summary>A safetensors file: opening a large one costs only its header. Tensors are read when they are asked for.</summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>The longest header that is read: 100 MB, the format's own limit.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private const int LengthBytes = sizeof(ulong);

    private readonly FileStream _stream;
    private readonly SafetensorsHeader _header;
    private readonly long _dataBegin;

    private SafetensorsFile(string path, FileStream stream)
    {
        (Path, _stream) = (path, stream);
        long fileBytes = stream.Length;
        Span<byte> length = stackalloc byte[LengthBytes];
        if (fileBytes < LengthBytes)
            throw Fault($"the file has {fileBytes} bytes; a safetensors file begins with an 8-byte header length.");
        stream.ReadExactly(length);
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (headerBytes > (ulong)Math.Min(fileBytes - LengthBytes, MaxHeaderBytes) && OtherFormatOf(stream) is { } other)
            throw Fault($"this is {other}.");
        if (headerBytes > MaxHeaderBytes)
            throw Fault(
                $"the header claims {headerBytes} bytes; the format allows {MaxHeaderBytes}. It is no safetensors file, or damaged.");
        if (headerBytes > (ulong)(fileBytes - LengthBytes))
            throw Fault($"the header claims {headerBytes} bytes but only {fileBytes - LengthBytes} follow: the file is truncated.");

        byte[] json = new byte[(int)headerBytes];
        stream.ReadExactly(json);
        _dataBegin = LengthBytes + (long)headerBytes;
        _header = SafetensorsHeader.Parse(path, json, fileBytes - _dataBegin);
        Tensors =
            _header.Entries.Values.ToDictionary(entry => entry.Name, entry => new SafetensorsTensor(this, entry), StringComparer.Ordinal);
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>The tensors by name, without those that cannot be read.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; }

    /// <summary>The free-form strings of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>A tensor; null when there is none of that name.</summary>
    /// <exception cref="SafetensorsException">There is one, but it cannot be read; the message says why.</exception>
    public SafetensorsTensor? Find(string name) => _header.Faults.TryGetValue(name, out string? fault)
        ? throw new SafetensorsException(Path, fault)
        : Tensors.GetValueOrDefault(name);

    /// <summary>Reads bytes of the data.</summary>
    /// <param name="begin">The first one, counted from the end of the header.</param>
    /// <param name="destination">Receives as many as it has room for.</param>
    /// <exception cref="SafetensorsException">They cannot be read: the file has become shorter, or the system refuses.</exception>
    internal void Read(long begin, Span<byte> destination)
    {
        SafeFileHandle handle = _stream.SafeFileHandle;
        try
        {
            while (!destination.IsEmpty)
            {
                int count = RandomAccess.Read(handle, destination, _dataBegin + begin);
                if (count == 0)
                    throw new SafetensorsException(Path, "the file has become shorter while it was read.");
                destination = destination[count..];
                begin += count;
            }
        }
        catch (IOException exception)
        {
            throw new SafetensorsException(Path, $"the file cannot be read: {exception.Message}", exception);
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
            if (FileKind.OtherThanRegular(path) is { } kind)
                throw new SafetensorsException(path, $"this is {kind}; a safetensors file must be a regular file.");
            FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            try
            {
                return stream.CanSeek
                    ? new(path, stream)
                    : throw new SafetensorsException(path, "this is a pipe or a device; a safetensors file must be a regular file.");
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SafetensorsException(path, "there is no such file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            throw new SafetensorsException(path, $"the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Closes the file. What was read of it stays.</summary>
    public void Dispose() => _stream.Dispose();

    private static string? OtherFormatOf(FileStream stream)
    {
        byte[] begin = new byte[OtherFormat.Bytes];
        stream.Position = 0;
        return OtherFormat.Name(begin.AsSpan(0, stream.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false)));
    }

    private SafetensorsException Fault(FormattableString fault) => new(Path, Invariant(fault));
}
