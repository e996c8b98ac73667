using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace KernelGen.Reference.Safetensors;

/// <summary>
/// Writes a safetensors file beside its final name and renames it when it is complete: a reader sees the whole file or none, whatever
/// happens in between.
/// </summary>
/// <remarks>
/// That a place can be written is tried at once, so that a fault is found before the work is done whose result goes there; the temporary
/// file itself is there only while it is written. Its name is short, so that every name that the system allows can be given.
/// </remarks>
public sealed class SafetensorsWriter : IDisposable
{
    // Spans of bytes end at 2 GiB; tensors do not.
    private const int ChunkElements = 1 << 24;

    // Bytes of a name, and error numbers of Linux.
    private const int LongestName = 255;
    private const int NoSpace = 28;
    private const int ReadOnlySystem = 30;

    private readonly string _path;
    private readonly string _target;
    private readonly List<PendingTensor> _tensors = [];
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private bool _isDone;

    private SafetensorsWriter(string path, string target) => (_path, _target) = (path, target);

    /// <summary>Tries whether a file can be written.</summary>
    /// <param name="path">The final name; a file of that name is replaced by <see cref="Commit"/>.</param>
    /// <exception cref="SafetensorsException">Nothing can be written there.</exception>
    public static SafetensorsWriter Create(string path)
    {
        try
        {
            if (Directory.Exists(path))
                throw new SafetensorsException(path, "this is a folder; the output must be a file.");

            // A link stays a link: what it points to is replaced.
            string target = LinkTarget.Of(path);
            if (!OperatingSystem.IsWindows() && target.StartsWith("/dev/", StringComparison.Ordinal))
                throw new SafetensorsException(
                    path, "this is a device; the output must be a regular file, because it is put in place by renaming.");
            if (FileKind.OtherThanRegular(target) is { } kind)
                throw new SafetensorsException(
                    path, $"this is {kind}; the output must be a regular file, because it is put in place by renaming.");
            if (Encoding.UTF8.GetByteCount(Path.GetFileName(target)) > LongestName)
                throw new SafetensorsException(path, "the file cannot be written: its name is too long.");
            string temporary = TemporaryPath(target);
            using (Open(temporary))
            {
                // It is there, so that its folder is one that can be written to.
            }

            File.Delete(temporary);
            return new(path, target);
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            throw new SafetensorsException(path, $"the file cannot be written: {Reason(exception)}", exception);
        }
    }

    /// <summary><see cref="Commit"/> will replace this file.</summary>
    /// <param name="path">A file that exists.</param>
    public bool Replaces(string path) => string.Equals(LinkTarget.Of(path), _target, StringComparison.Ordinal);

    /// <summary>Adds a tensor. Its elements are read by <see cref="Commit"/>.</summary>
    /// <param name="name">Its name, unique in the file.</param>
    /// <param name="shape">Its axes; their product is the number of elements.</param>
    /// <param name="elements">Its elements, row-major.</param>
    /// <typeparam name="T"><see cref="Half"/>, <see cref="Tensors.BFloat16"/>, <see cref="float"/> or <see cref="bool"/>.</typeparam>
    /// <exception cref="ArgumentException">The name is taken, or the shape is not that of the elements.</exception>
    public void Add<T>(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<T> elements)
        where T : unmanaged
    {
        long count = 1;
        foreach (long axis in shape)
            count = checked(count * axis);
        if (count != elements.Length)
            throw new ArgumentException(
                Invariant($"{SafetensorsText.Shape(shape.ToArray())} has {count} elements; {elements.Length} were given."));
        if (_tensors.Any(tensor => tensor.Name == name))
            throw new ArgumentException($"Tensor {SafetensorsText.Quote(name)} was added already.");
        SafetensorsElementType type = SafetensorsElementTypeExtensions.Of<T>();
        _tensors.Add(new(name, type, shape.ToArray(), count * type.SizeInBytes(), stream => WriteElements(stream, elements.Span)));
    }

    /// <summary>Adds a string to the header's metadata.</summary>
    public void AddMetadata(string key, string value) => _metadata.Add(key, value);

    /// <summary>Writes everything and gives the file its final name.</summary>
    /// <exception cref="SafetensorsException">The disk is full, the folder is gone, and the like; the final name is as it was before, and
    /// nothing is left beside it.</exception>
    public void Commit()
    {
        if (_isDone)
            throw new InvalidOperationException("The file was written already.");
        string temporary = TemporaryPath(_target);
        try
        {
            using (FileStream stream = Open(temporary))
                Write(stream);
            File.Move(temporary, _target, overwrite: true);
            _isDone = true;
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            throw new SafetensorsException(_path, $"the file cannot be written: {Reason(exception)}", exception);
        }
        finally
        {
            if (!_isDone)
                TryDelete(temporary);
        }
    }

    /// <summary>Forgets what was added. Nothing is left unless <see cref="Commit"/> was called.</summary>
    public void Dispose() => _tensors.Clear();

    private static string TemporaryPath(string target) =>
        Path.Combine(Path.GetDirectoryName(target) ?? ".", $".kernelgen-{Path.GetRandomFileName()}");

    // Without a buffer nothing is left to be written when it is closed, which on a full disk would fail again.
    private static FileStream Open(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            // The fault that led here is the one to report.
        }
    }

    private void Write(FileStream stream)
    {
        // The widest elements come first, so that every tensor is aligned to its own type.
        PendingTensor[] ordered = [.. _tensors.OrderByDescending(tensor => tensor.Type.SizeInBytes())];
        byte[] header = BuildHeader(ordered);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (PendingTensor tensor in ordered)
            tensor.Write(stream);
        stream.Flush(flushToDisk: true);
    }

    private byte[] BuildHeader(PendingTensor[] ordered)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in _metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            long begin = 0;
            foreach (PendingTensor tensor in ordered)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.Name());
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [begin, begin + tensor.Bytes]);
                json.WriteEndObject();
                begin += tensor.Bytes;
            }

            json.WriteEndObject();
        }

        // The data begins at a multiple of 8, as the format asks.
        while (buffer.Length % sizeof(ulong) != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void WriteElements<T>(FileStream stream, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        for (int start = 0; start < elements.Length; start += Math.Min(ChunkElements, elements.Length - start))
            stream.Write(MemoryMarshal.AsBytes(elements.Slice(start, Math.Min(ChunkElements, elements.Length - start))));
    }

    private static bool IsFileFault(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>The system's words, without the name of the temporary file, which says nothing to anybody.</summary>
    private static string Reason(Exception exception) => exception switch
    {
        DirectoryNotFoundException => "its folder does not exist.",
        UnauthorizedAccessException => "there is no permission to write to its folder.",
        PathTooLongException => "its name is too long.",
        IOException when OperatingSystem.IsLinux() && (exception.HResult & 0xFFFF) == NoSpace => "there is no space left on its disk.",
        IOException when OperatingSystem.IsLinux() && (exception.HResult & 0xFFFF) == ReadOnlySystem => "its file system is read only.",
        _ => exception.Message.Split(" : '")[0],
    };

    private sealed record PendingTensor(string Name, SafetensorsElementType Type, long[] Shape, long Bytes, Action<FileStream> Write);
}
