using System.Text.Json;

namespace KernelGen.Reference.Safetensors;

/// <summary>
/// The header of a safetensors file: a JSON object of tensors <c>{"dtype", "shape", "data_offsets"}</c> and an optional <c>__metadata__</c>
/// of strings.
/// </summary>
/// <remarks>
/// Everything that a header can get wrong is found here, so that what is behind it needs no checks: an unknown dtype, a repeated key, a
/// number that is not a whole non-negative 64-bit number, a shape that overflows, offsets whose length is not that of the shape, that
/// overlap, leave gaps or end elsewhere than the file does. A fault of one entry is kept for whoever asks for that tensor: files hold
/// tensors of newer dtypes beside those that are wanted. Keys of an entry that are not known are passed over, and <c>null</c> in the place
/// of the metadata is none, as the format's own reader has it. Format: https://github.com/huggingface/safetensors (description of the
/// format; no code of it is used).
/// </remarks>
internal sealed class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";

    private readonly string _path;
    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _faults = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(string path) => _path = path;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>The faults of tensors that cannot be read, by name.</summary>
    public IReadOnlyDictionary<string, string> Faults => _faults;

    /// <summary>The free-form strings that came with them.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads and checks a header.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataBytes">Bytes of the file behind the header.</param>
    /// <exception cref="SafetensorsException">Any fault.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long dataBytes)
    {
        SafetensorsHeader header = new(path);
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 8 });
            header.ReadObject(ref reader);
            if (reader.Read())
                throw header.Fault("the header goes on after its JSON object");
        }
        catch (JsonException exception)
        {
            string place = Invariant($"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}");
            throw new SafetensorsException(path, $"the header is not valid JSON ({place}).", exception);
        }
        catch (InvalidOperationException exception)
        {
            // The reader checks escapes and UTF-8 of a string only when the string is taken.
            throw new SafetensorsException(path, "the header holds a string that is not valid UTF-8.", exception);
        }

        header.CheckLayout(dataBytes);
        return header;
    }

    private void ReadObject(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Fault("the header is not a JSON object");
        bool hasMetadata = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == MetadataKey)
            {
                if (hasMetadata)
                    throw Fault($"the header has {MetadataKey} twice");
                hasMetadata = true;
                ReadMetadata(ref reader);
            }
            else
            {
                ReadEntryOrFault(ref reader, name);
            }
        }
    }

    private void ReadEntryOrFault(ref Utf8JsonReader reader, string name)
    {
        if (_entries.ContainsKey(name) || _faults.ContainsKey(name))
            throw Fault($"the header has tensor {SafetensorsText.Quote(name)} twice");

        Utf8JsonReader begin = reader;
        try
        {
            _entries.Add(name, ReadEntry(ref reader, name));
        }
        catch (SafetensorsException fault)
        {
            _faults.Add(name, fault.Fault);
            reader = begin;
            reader.Skip();
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Fault($"{MetadataKey} is not a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw Fault($"{MetadataKey} entry {SafetensorsText.Quote(key)} is not a string");
            if (!_metadata.TryAdd(key, reader.GetString()!))
                throw Fault($"{MetadataKey} has {SafetensorsText.Quote(key)} twice");
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        string quoted = SafetensorsText.Quote(name);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Fault($"the entry of tensor {quoted} is not a JSON object");
        SafetensorsElementType? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype" when type is null:
                    type = ReadType(ref reader, quoted);
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, quoted, key, int.MaxValue);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, quoted, key, 2);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Fault($"tensor {quoted} has {key} twice");
                default:
                    reader.Skip();
                    break;
            }
        }

        if (type is null || shape is null || offsets is null)
            throw Fault($"tensor {quoted} has no {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        return Check(quoted, new(name, type.Value, shape, offsets.ElementAtOrDefault(0), offsets.ElementAtOrDefault(1)), offsets.Count);
    }

    private SafetensorsElementType ReadType(ref Utf8JsonReader reader, string quoted)
    {
        string? name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        if (name is null || !SafetensorsElementTypeExtensions.TryParse(name, out SafetensorsElementType type))
        {
            string found = SafetensorsText.Quote(name ?? "(not a string)");
            throw Fault($"tensor {quoted} has the dtype {found}; known are {SafetensorsElementTypeExtensions.Names}");
        }

        return type;
    }

    private List<long> ReadNumbers(ref Utf8JsonReader reader, string quoted, string key, int most)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Fault($"{key} of tensor {quoted} is not an array");
        List<long> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // "1.0", "1e3" and numbers past 2^63 are refused with the negative ones: no writer means well with them.
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw Fault($"{key} of tensor {quoted} holds something else than whole numbers from 0 to 2^63 - 1");
            if (numbers.Count == most)
                throw Fault($"{key} of tensor {quoted} has more than {most} numbers");
            numbers.Add(number);
        }

        return numbers;
    }

    private SafetensorsEntry Check(string quoted, SafetensorsEntry entry, int offsetCount)
    {
        if (offsetCount != 2)
            throw Fault($"data_offsets of tensor {quoted} are not two numbers");
        if (entry.End < entry.Begin)
            throw Fault($"tensor {quoted} ends at {entry.End}, before its begin at {entry.Begin}");

        long bytes = entry.Type.SizeInBytes();
        try
        {
            foreach (long axis in entry.Shape)
                bytes = checked(bytes * axis);
        }
        catch (OverflowException)
        {
            throw Fault($"the shape {entry.ShapeText} of tensor {quoted} has more than 2^63 bytes");
        }

        long given = entry.End - entry.Begin;
        if (bytes != given)
            throw Fault($"tensor {quoted} of {entry.Type.Name()} {entry.ShapeText} needs {bytes} bytes, its data_offsets give it {given}");
        return entry;
    }

    private void CheckLayout(long dataBytes)
    {
        long end = 0;
        SafetensorsEntry? previous = null;
        foreach (SafetensorsEntry entry in _entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            string quoted = SafetensorsText.Quote(entry.Name);
            if (entry.End > dataBytes)
            {
                const string reason = "the file is truncated or its offsets are wrong";
                throw Fault($"tensor {quoted} ends at byte {entry.End} of {dataBytes} bytes of data: {reason}");
            }

            if (entry.Begin < end)
                throw Fault($"tensors {SafetensorsText.Quote(previous!.Name)} and {quoted} overlap at byte {entry.Begin}");
            if (entry.Begin > end && _faults.Count == 0)
                throw Fault($"there is a gap of {entry.Begin - end} bytes before tensor {quoted}");
            (end, previous) = (entry.End, entry);
        }

        // What lies between may be of a tensor that cannot be read.
        if (end != dataBytes && _faults.Count == 0)
            throw Fault($"{dataBytes - end} bytes at the end of the file belong to no tensor");
    }

    private SafetensorsException Fault(FormattableString fault) => new(_path, Invariant(fault) + ".");

    private SafetensorsException Fault(string fault) => new(_path, fault + ".");
}
