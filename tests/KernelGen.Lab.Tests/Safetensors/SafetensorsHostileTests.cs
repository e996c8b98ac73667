using System.Text;
using KernelGen.Reference.Safetensors;

namespace KernelGen.Lab.Tests.Safetensors;

[TestClass]
public sealed class SafetensorsHostileTests
{
    [TestMethod]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "truncated", DisplayName = "data cut short")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "belong to no tensor", DisplayName = "data too long")]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        12, "overlap", DisplayName = "overlap")]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        8, "overlap", DisplayName = "same range")]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""",
        12, "gap of 4 bytes", DisplayName = "gap")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "gap of 4 bytes", DisplayName = "gap at the begin")]
    [DataRow("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "whole numbers", DisplayName = "negative axis")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "whole numbers", DisplayName = "negative offset")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "whole numbers", DisplayName = "fraction")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}""", 4, "whole numbers", DisplayName = "exponent")]
    [DataRow("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "whole numbers", DisplayName = "string as number")]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551620]}}""",
        4, "whole numbers", DisplayName = "offset past 2^63")]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""",
        0, "2^63", DisplayName = "product wraps to 0")]
    [DataRow("""{"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}""", 4, "2^63", DisplayName = "product wraps to 4")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8 bytes", DisplayName = "shape larger than data")]
    [DataRow("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,4]}}""", 4, "needs 2 bytes", DisplayName = "shape smaller than data")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "before its begin", DisplayName = "end before begin")]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}""",
        4, "needs 4 bytes", DisplayName = "end at 2^63 - 1")]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[2305843009213693951],"data_offsets":[0,9223372036854775804]}}""",
        4, "truncated", DisplayName = "almost 2^63 bytes")]
    [DataRow(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8, "twice", DisplayName = "same name twice")]
    [DataRow("""{"a":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}}""", 4, "dtype twice", DisplayName = "same key twice")]
    [DataRow("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "twice", DisplayName = "same metadata twice")]
    [DataRow("""{"__metadata__":{},"__metadata__":{}}""", 0, "twice", DisplayName = "metadata twice")]
    [DataRow("""{"__metadata__":{"a":1}}""", 0, "not a string", DisplayName = "metadata number")]
    [DataRow("""{"__metadata__":[]}""", 0, "not a JSON object", DisplayName = "metadata array")]
    [DataRow("""{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", 4, "known are BOOL", DisplayName = "unknown dtype")]
    [DataRow("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "not a string", DisplayName = "dtype number")]
    [DataRow("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "no dtype", DisplayName = "no dtype")]
    [DataRow("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "no shape", DisplayName = "no shape")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "no data_offsets", DisplayName = "no data_offsets")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "not two numbers", DisplayName = "one offset")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "more than 2", DisplayName = "three offsets")]
    [DataRow("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "not an array", DisplayName = "shape number")]
    [DataRow("""{"a":[]}""", 0, "not a JSON object", DisplayName = "entry array")]
    [DataRow("""[]""", 0, "not a JSON object", DisplayName = "array")]
    [DataRow("""{"a":""", 0, "not valid JSON", DisplayName = "JSON cut short")]
    [DataRow("""{} {}""", 0, "not valid JSON", DisplayName = "two objects")]
    [DataRow("", 0, "not valid JSON", DisplayName = "empty header")]
    [DataRow("not json at all", 0, "not valid JSON", DisplayName = "not JSON")]
    [DataRow("""{"a":{"dtype":"F32","shape":[[[[[[[[[[1]]]]]]]]]],"data_offsets":[0,4]}}""", 4, "", DisplayName = "deep nesting")]
    [DataRow("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "UTF-8", DisplayName = "half a surrogate pair")]
    public void Open_HostileHeader_NamesFileAndFault(string header, int dataBytes, string fault)
    {
        using TestFolder folder = new();
        string path = folder["hostile.safetensors"];
        HostileFile.Write(path, header, dataBytes);
        SafetensorsException exception = Assert.ThrowsExactly<SafetensorsException>(() => Find(path, "a"));
        Assert.StartsWith(path, exception.Message);
        Assert.Contains(fault, exception.Message);
        Assert.DoesNotContain("\n", exception.Message);
    }

    [TestMethod]
    [DataRow("""{"dtype":"F8_E8M0","shape":[4],"data_offsets":[8,12]}""", DisplayName = "unknown dtype")]
    [DataRow("""{"dtype":"F4","shape":[8],"data_offsets":[8,12]}""", DisplayName = "half a byte an element")]
    [DataRow("""{"dtype":"F32","shape":[9],"data_offsets":[8,12]}""", DisplayName = "shape larger than data")]
    [DataRow("""{"dtype":"F32","shape":[-1],"data_offsets":[8,12]}""", DisplayName = "negative axis")]
    [DataRow("""{"dtype":"F32","nested":{"a":[1,{"b":2}]},"data_offsets":[8,12]}""", DisplayName = "no shape")]
    [DataRow("[8,12]", DisplayName = "no object")]
    public void AnOddEntry_HarmsNoOtherTensor(string entry)
    {
        using TestFolder folder = new();
        string path = folder["odd.safetensors"];
        HostileFile.Write(
            path,
            $$$"""{"q":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"quant":"none"},"odd":{{{entry}}}"""
                + ""","v":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}""",
            dataBytes: 16);

        Assert.HasCount(2, Find(path, "q")!.AsSpan<float>().ToArray());
        Assert.HasCount(1, Find(path, "v")!.AsSpan<float>().ToArray());
        Assert.StartsWith(path, Assert.ThrowsExactly<SafetensorsException>(() => Find(path, "odd")).Message);
        Assert.IsNull(Find(path, "absent"));
    }

    [TestMethod]
    public void NullMetadata_IsNone()
    {
        using TestFolder folder = new();
        HostileFile.Write(folder["null"], """{"__metadata__":null,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", dataBytes: 4);
        using SafetensorsFile file = SafetensorsFile.Open(folder["null"]);

        Assert.IsEmpty(file.Metadata);
        Assert.HasCount(1, file.Tensors);
    }

    [TestMethod]
    [DataRow("version https://git-lfs.github.com/spec/v1\noid sha256:4665a5ea423c2713d436b5ee50593a9640e0018c1550b5a0002f74190d6caea8\n",
        "a Git LFS pointer")]
    [DataRow("<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>", "a web page")]
    [DataRow("  <html lang=en><body>404</body></html>", "a web page")]
    [DataRow("PK\u0003\u0004\u0014\0\0\0\b\bdata.pkl", "a zip archive")]
    [DataRow("GGUF\u0003\0\0\0more than that", "a GGUF file")]
    [DataRow("{\"metadata\": {\"total_size\": 1}}", "JSON text")]
    public void FilesOfOtherKinds_AreNamed(string content, string name)
    {
        using TestFolder folder = new();
        File.WriteAllBytes(folder["other"], Encoding.Latin1.GetBytes(content));
        string message = Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(folder["other"])).Message;

        Assert.Contains($"this is {name}", message);
        Assert.DoesNotContain("\n", message);
    }

    [TestMethod]
    public void AFileThatShrinksWhileItIsRead_IsAClearError()
    {
        using TestFolder folder = new();
        HostileFile.Write(folder["shrinks"], """{"a":{"dtype":"F32","shape":[1000],"data_offsets":[0,4000]}}""", dataBytes: 4000);
        using SafetensorsFile file = SafetensorsFile.Open(folder["shrinks"]);
        using (FileStream stream = new(folder["shrinks"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            stream.SetLength(500);

        Assert.Contains(
            "become shorter", Assert.ThrowsExactly<SafetensorsException>(() => file.Tensors["a"].AsSpan<float>().Length).Message);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [Timeout(30_000)]
    public void APipe_IsNamed_AndNotWaitedFor()
    {
        using TestFolder folder = new();
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", folder["pipe"]))
            made.WaitForExit();

        Assert.Contains("this is a pipe", Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(folder["pipe"])).Message);
        Assert.Contains(
            "this is a pipe", Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsWriter.Create(folder["pipe"])).Message);
        Assert.AreSequenceEqual(["pipe"], folder.Files);
    }

    [TestMethod]
    [DataRow("""[1,1,33554433,64]""", "Split it along axis 2, which has 33554433.")]
    [DataRow("""[2,1,16777217,64]""", "Split it along axis 0, which has 2.")]
    [DataRow("""[1,1,1,2147483648]""", "It cannot be split.")]
    public void AdviceForATensorThatIsTooLarge_CanBeFollowed(string shape, string advice)
    {
        using TestFolder folder = new();
        long bytes = 2;
        foreach (string axis in shape.Trim('[', ']').Split(','))
            bytes *= long.Parse(axis, System.Globalization.CultureInfo.InvariantCulture);
        HostileFile.Write(folder["large"], $$$"""{"q":{"dtype":"F16","shape":{{{shape}}},"data_offsets":[0,{{{bytes}}}]}}""", dataBytes: 0);
        using (FileStream sparse = new(folder["large"], FileMode.Open, FileAccess.Write))
            sparse.SetLength(sparse.Length + bytes);
        using SafetensorsFile file = SafetensorsFile.Open(folder["large"]);

        Assert.EndsWith(advice, Assert.ThrowsExactly<SafetensorsException>(() => file.Tensors["q"].AsSpan<Half>().Length).Message);
    }

    [TestMethod]
    [DataRow(0, "8-byte header length")]
    [DataRow(7, "8-byte header length")]
    public void Open_NoHeaderLength_SaysSo(int bytes, string fault)
    {
        using TestFolder folder = new();
        File.WriteAllBytes(folder["short"], new byte[bytes]);
        Assert.Contains(fault, Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(folder["short"])).Message);
    }

    [TestMethod]
    [DataRow(3UL, "truncated")]
    [DataRow(99_999_999UL, "truncated")]
    [DataRow(100_000_001UL, "format allows 100000000")]
    [DataRow(0x7FFF_FFFF_FFFF_FFFFUL, "format allows 100000000")]
    [DataRow(ulong.MaxValue, "format allows 100000000")]
    public void Open_HeaderLengthBeyondFile_SaysSo(ulong claimed, string fault)
    {
        using TestFolder folder = new();
        HostileFile.Write(folder["long"], claimed, "{}"u8.ToArray(), dataBytes: 0);
        Assert.Contains(fault, Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(folder["long"])).Message);
    }

    [TestMethod]
    public void Open_InvalidUtf8_SaysSo()
    {
        using TestFolder folder = new();
        byte[] header = [.. "{\""u8, 0xFF, 0xFE, .. "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"u8];
        HostileFile.Write(folder["utf"], (ulong)header.Length, header, dataBytes: 0);
        Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(folder["utf"]));
    }

    [TestMethod]
    public void Open_NameWithTerminalEscapes_IsNotEchoed()
    {
        using TestFolder folder = new();
        string name = @"\u001b[31m\r\n" + new string('x', 5000);
        HostileFile.Write(folder["name"], "{\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}", dataBytes: 8);
        string decoded = "\u001b[31m\r\n" + new string('x', 5000);
        string message = Assert.ThrowsExactly<SafetensorsException>(() => Find(folder["name"], decoded)).Message;
        Assert.DoesNotContain("\u001b", message);
        Assert.DoesNotContain("\n", message);
        Assert.IsLessThan(folder["name"].Length + 300, message.Length);
    }

    [TestMethod]
    public void Open_EveryTruncation_IsRefused()
    {
        using TestFolder folder = new();
        string whole = folder["whole"];
        using (SafetensorsWriter writer = SafetensorsWriter.Create(whole))
        {
            writer.Add<float>("a", [3], new float[] { 1, 2, 3 });
            writer.Add<Half>("b", [2], new Half[] { (Half)1, (Half)2 });
            writer.Commit();
        }

        byte[] bytes = File.ReadAllBytes(whole);
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(folder["cut"], bytes[..length]);
            Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(folder["cut"]), $"{length} bytes of {bytes.Length}");
        }
    }

    [TestMethod]
    public void Open_EveryFlippedHeaderByte_IsRefusedOrStaysInBounds()
    {
        using TestFolder folder = new();
        using (SafetensorsWriter writer = SafetensorsWriter.Create(folder["whole"]))
        {
            writer.Add<float>("a", [2, 3], new float[] { 1, 2, 3, 4, 5, 6 });
            writer.Add<Half>("b", [4], new Half[4]);
            writer.AddMetadata("scale", "1");
            writer.Commit();
        }

        byte[] bytes = File.ReadAllBytes(folder["whole"]);
        for (int i = 0; i < bytes.Length - 32; i++)
        {
            foreach (byte flip in (byte[])[1, 2, 4, 8, 16, 32, 64, 128])
            {
                byte[] damaged = [.. bytes];
                damaged[i] ^= flip;
                File.WriteAllBytes(folder["flip"], damaged);
                try
                {
                    using SafetensorsFile file = SafetensorsFile.Open(folder["flip"]);
                    foreach (SafetensorsTensor tensor in file.Tensors.Values)
                        Assert.IsLessThanOrEqualTo(32, tensor.ElementCount * tensor.Type.SizeInBytes());
                }
                catch (SafetensorsException)
                {
                    // Refusing is the usual outcome; anything else than this exception fails the test.
                }
            }
        }
    }

    [TestMethod]
    public void Open_MissingFile_SaysSo()
    {
        using TestFolder folder = new();
        Assert.Contains("no such file", Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(folder["missing"])).Message);
        Assert.Contains(
            "no such file", Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(folder["no/folder"])).Message);
    }

    [TestMethod]
    public void Open_DanglingLink_SaysSo()
    {
        using TestFolder folder = new();
        File.CreateSymbolicLink(folder["link"], folder["nowhere"]);
        Assert.Contains("no such file", Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(folder["link"])).Message);
    }

    [TestMethod]
    public void Open_Folder_SaysSo()
    {
        using TestFolder folder = new();
        Assert.Contains("folder", Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(folder.Path)).Message);
    }

    [TestMethod]
    public void Open_EmptyPath_SaysSo() => Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsFile.Open(""));

    [TestMethod]
    public void AsSpan_MoreElementsThanASpanHolds_SaysSo()
    {
        using TestFolder folder = new();
        string header = """{"a":{"dtype":"F16","shape":[2147483648],"data_offsets":[0,4294967296]}}""";
        HostileFile.Write(folder["sparse"], header, dataBytes: 0);
        using (FileStream stream = File.OpenWrite(folder["sparse"]))
            stream.SetLength(sizeof(ulong) + Encoding.UTF8.GetByteCount(header) + 4294967296L);

        using SafetensorsFile file = SafetensorsFile.Open(folder["sparse"]);
        SafetensorsTensor tensor = file.Tensors["a"];
        Assert.AreEqual(2147483648L, tensor.ElementCount);
        Assert.Contains("2147483591", Assert.ThrowsExactly<SafetensorsException>(() => tensor.AsSpan<Half>().Length).Message);
        Assert.AreEqual((Half)0, tensor.Range<Half>(2147483647L, 1)[0]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => tensor.Range<Half>(2147483647L, 2).Length);
    }

    private static SafetensorsTensor? Find(string path, string name)
    {
        // Not disposed: the tensor is read later; the file is closed when it is found to be dropped.
        SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Find(name);
    }
}
