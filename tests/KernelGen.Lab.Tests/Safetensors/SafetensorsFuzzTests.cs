using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using KernelGen.Reference.Safetensors;
using KernelGen.Samples.Commands;
using KernelGen.Tensors;

namespace KernelGen.Lab.Tests.Safetensors;

/// <summary>
/// Tensor files whose headers and data are anything. A file is refused with one line that names it, or what is read of it is what
/// another reader of JSON finds there; sound files are read.
/// </summary>
[TestClass]
public sealed class SafetensorsFuzzTests
{
    // Fragments that decide something: names of the format, numbers at the edges, brackets and escapes out of place.
    private static readonly string[] _fragments =
    [
        "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "\"F16\"", "\"BF16\"", "\"F32\"", "\"F64\"", "\"BOOL\"", "\"F4\"",
        "\"q\"", "\"k\"", "\"v\"", "\"mask\"", "\"scale\"", "\"causal\"", "\"NaN\"", "0", "-1", "1.5", "1e3", "2147483648", "4294967296",
        "9223372036854775807", "18446744073709551616", "null", "true", "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u0000", "\\ud800",
        "\\u001b", "//", "/*", "\ufeff", "é", "\n", " ", "[[[[[[[[[", "{\"a\":{\"a\":{\"a\":", "\"\":{},",
    ];

    private static readonly string[] _names = ["q", "k", "v", "mask", "weights", "", "é", "a b", "q\\u001b"];

    [TestMethod]
    public void AnyFile_IsReadOrRefused()
    {
        using TestFolder folder = new();
        FuzzRun.Of("tensor files", 2000, random => Case(folder["file.safetensors"], random));
    }

    private static string Case(string path, Random random)
    {
        (string header, byte[] data) = random.Once(3) ? Call(random) : Sound(random);
        int changes = random.Once(8) ? 0 : random.Once(4) ? random.Next(1, 12) : random.Next(1, 4);
        byte[] json = Encoding.UTF8.GetBytes(header);
        for (int change = 0; change < changes; change++)
            json = Change(json, random);

        bool isLie = changes > 0 && random.Once(8);
        ulong claimed = isLie
            ? random.Any<ulong>((ulong)random.NextInt64(), ulong.MaxValue, (ulong)(json.Length + random.Next(20)), 100_000_001)
            : (ulong)json.Length;
        byte[] file = new byte[sizeof(ulong) + json.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, claimed);
        json.CopyTo(file, sizeof(ulong));
        data.CopyTo(file, sizeof(ulong) + json.Length);
        if (changes > 0 && random.Once(10))
            file = random.Once(2) ? file[..random.Next(file.Length)] : [.. file, .. new byte[random.Next(1, 40)]];
        File.WriteAllBytes(path, file);

        SafetensorsFile opened;
        try
        {
            opened = SafetensorsFile.Open(path);
        }
        catch (SafetensorsException refusal)
        {
            AssertOneLine(refusal.Message, path);
            Assert.AreNotEqual(0, changes, $"a sound file is refused: {refusal.Message}\n{header}");
            return "refused";
        }

        using (opened)
        {
            bool isWhole = Compare(opened, file, path);
            Assert.IsTrue(isWhole || changes > 0, $"a tensor of a sound file is refused\n{header}");
            return ReadCall(opened, path) ? "a call" : isWhole ? "read" : "read in part";
        }
    }

    // What was read against what System.Text.Json says of the header.
    private static bool Compare(SafetensorsFile opened, byte[] file, string path)
    {
        int headerBytes = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file));
        using var header = JsonDocument.Parse(file.AsMemory(sizeof(ulong), headerBytes));
        int read = 0, refused = 0;
        foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(static entry => entry.Name != "__metadata__"))
        {
            SafetensorsTensor? tensor;
            try
            {
                tensor = opened.Find(entry.Name);
            }
            catch (SafetensorsException refusal)
            {
                AssertOneLine(refusal.Message, path);
                refused++;
                continue;
            }

            Assert.IsNotNull(tensor, $"{entry.Name} is neither read nor refused");
            read++;
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(static axis => axis.GetInt64())];
            long[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(static offset => offset.GetInt64())];
            Assert.AreEqual(entry.Value.GetProperty("dtype").GetString(), tensor.Type.Name());
            Assert.AreSequenceEqual(shape, tensor.Shape);
            Assert.AreEqual(shape.Aggregate(1L, static (product, axis) => product * axis), tensor.ElementCount);
            Assert.AreEqual(offsets[1] - offsets[0], tensor.ElementCount * tensor.Type.SizeInBytes());
            AssertElements(tensor, file.AsSpan()[(sizeof(ulong) + headerBytes)..][(int)offsets[0]..(int)offsets[1]]);
        }

        Assert.HasCount(read, opened.Tensors);
        return refused == 0;
    }

    private static void AssertElements(SafetensorsTensor tensor, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> elements = tensor.Type switch
        {
            SafetensorsElementType.F16 => MemoryMarshal.AsBytes(tensor.AsSpan<Half>()),
            SafetensorsElementType.BF16 => MemoryMarshal.AsBytes(tensor.AsSpan<BFloat16>()),
            SafetensorsElementType.F32 => MemoryMarshal.AsBytes(tensor.AsSpan<float>()),
            _ => bytes,
        };
        Assert.IsTrue(elements.SequenceEqual(bytes), $"{tensor.Name} has other elements");
    }

    private static bool ReadCall(SafetensorsFile opened, string path)
    {
        bool isCall = false;
        foreach (AttentionLayout layout in Enum.GetValues<AttentionLayout>())
        {
            try
            {
                var call = AttentionInput.Read(opened, layout);
                Assert.AreEqual(call.Shape.QueryElements, call.Query.ElementCount);
                isCall = true;
            }
            catch (InputException refusal)
            {
                AssertOneLine(refusal.Message);
            }
            catch (SafetensorsException refusal)
            {
                AssertOneLine(refusal.Message, path);
            }
        }

        return isCall;
    }

    private static void AssertOneLine(string message, string path)
    {
        Assert.StartsWith(path, message);
        AssertOneLine(message[path.Length..]);
    }

    private static void AssertOneLine(string message)
    {
        Assert.IsFalse(message.Any(char.IsControl), $"a control character in: {message}");
        Assert.IsLessThan(400, message.Length, message);
    }

    // An attention call: three tensors, often a mask and metadata.
    private static (string Header, byte[] Data) Call(Random random)
    {
        int batch = random.Next(1, 3), heads = random.Next(1, 3), queries = random.Next(0, 5), keys = random.Next(0, 5);
        int headDim = random.Any(8, 40, 64, 12);
        string type = random.Any("F32", "F16", "BF16");
        List<(string Name, string Type, long[] Shape)> tensors =
        [
            ("q", type, [batch, heads, queries, headDim]), ("k", type, [batch, heads, keys, headDim]),
            ("v", type, [batch, heads, keys, headDim]),
        ];
        if (random.Once(2))
            tensors.Add(("mask", random.Any("BOOL", "F32", "F16", "I64", "U8"), random.Once(2) ? [queries, keys] : [batch, 1, 1, keys]));
        return Laid(tensors, random);
    }

    private static (string Header, byte[] Data) Sound(Random random)
    {
        List<(string Name, string Type, long[] Shape)> tensors = [];
        foreach (string name in _names.Where(_ => random.Once(3)))
        {
            long[] shape = [.. Enumerable.Range(0, random.Next(5)).Select(_ => (long)random.Next(4))];
            tensors.Add((name, random.Any("F32", "F16", "BF16", "BOOL", "I64", "U8", "F64", "F8_E4M3"), shape));
        }

        return Laid(tensors, random);
    }

    private static (string Header, byte[] Data) Laid(List<(string Name, string Type, long[] Shape)> tensors, Random random)
    {
        List<string> entries = [];
        long at = 0;
        foreach ((string name, string type, long[] shape) in tensors)
        {
            Assert.IsTrue(SafetensorsElementTypeExtensions.TryParse(type, out SafetensorsElementType known));
            long end = at + (shape.Aggregate(1L, static (product, axis) => product * axis) * known.SizeInBytes());
            entries.Add(string.Create(CultureInfo.InvariantCulture,
                $"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{at},{end}]}}"));
            at = end;
        }

        if (random.Once(2))
            entries.Insert(random.Next(entries.Count + 1), random.Any(
                "\"__metadata__\":{\"scale\":\"0.5\",\"causal\":\"true\"}", "\"__metadata__\":{}", "\"__metadata__\":null",
                "\"__metadata__\":{\"format\":\"pt\"}"));
        byte[] data = new byte[at];
        random.NextBytes(data);
        return ("{" + string.Join(',', entries) + "}" + new string(' ', random.Next(8)), data);
    }

    private static byte[] Change(byte[] json, Random random)
    {
        int at = random.Next(json.Length + 1), length = Math.Min(random.Next(1, 30), json.Length - at);
        byte[] begin = json[..at], end = json[at..];
        switch (random.Next(7))
        {
            case 0:
                return [.. begin, .. Encoding.UTF8.GetBytes(_fragments[random.Next(_fragments.Length)]), .. end];
            case 1:
                return [.. begin, .. Encoding.UTF8.GetBytes(_fragments[random.Next(_fragments.Length)]), .. end.AsSpan(length)];
            case 2:
                return [.. begin, .. end.AsSpan(length)];
            case 3:
                return [.. begin, .. json.AsSpan(random.Next(json.Length - length + 1), length), .. end];
            case 4 when end.Length > 0:
                end[0] ^= (byte)(1 << random.Next(8));
                return [.. begin, .. end];
            case 5:
                return OtherNumber(json, at, random);
            default:
                return [.. begin, .. Enumerable.Repeat((byte)random.Any('[', '{', '"', ' ', '0', '\\'), random.Next(1, 300)), .. end];
        }
    }

    // The next number from a place on becomes another one.
    private static byte[] OtherNumber(byte[] json, int at, Random random)
    {
        int begin = json.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (begin < 0)
            return json;
        begin += at;
        int length = json.AsSpan(begin).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        string number = random.Next(5) switch
        {
            0 => "0",
            1 => random.Next(64).ToString(CultureInfo.InvariantCulture),
            2 => (random.NextInt64() >> random.Next(63)).ToString(CultureInfo.InvariantCulture),
            3 => random.Any("9223372036854775807", "9223372036854775808", "4611686018427387905"),
            _ => "-" + random.Next(9).ToString(CultureInfo.InvariantCulture),
        };
        return [.. json.AsSpan(0, begin), .. Encoding.ASCII.GetBytes(number), .. length < 0 ? [] : json.AsSpan(begin + length)];
    }
}
