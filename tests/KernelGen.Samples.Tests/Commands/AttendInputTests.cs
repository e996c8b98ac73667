using System.Text;
using KernelGen.Reference.Safetensors;

namespace KernelGen.Samples.Tests.Commands;

[TestClass]
public sealed class AttendInputTests
{
    private static string Input(TestFolder folder, Action<SafetensorsWriter> add)
    {
        using SafetensorsWriter writer = SafetensorsWriter.Create(folder["in"]);
        add(writer);
        writer.Commit();
        return folder["in"];
    }

    private static void Add(SafetensorsWriter writer, string name, params long[] shape) =>
        writer.Add<float>(name, shape, new float[shape.Aggregate(1L, (left, right) => left * right)]);

    private static void AssertFault(TestFolder folder, string input, params string[] parts)
    {
        CommandResult.Of("attend", input, folder["out"], "--json").AssertFault(2, parts);
        Assert.IsFalse(File.Exists(folder["out"]));
        Assert.DoesNotContain(name => name.StartsWith('.'), folder.Files);
    }

    [TestMethod]
    [DataRow("q")]
    [DataRow("k")]
    [DataRow("v")]
    public void MissingTensor_IsNamed(string missing)
    {
        using TestFolder folder = new();
        string input = Input(folder, writer =>
        {
            foreach (string name in ((string[])["q", "k", "v", "extra"]).Where(name => name != missing))
                Add(writer, name, 1, 1, 4, 64);
        });
        AssertFault(folder, input, $"no tensor '{missing}'", "'extra'");
    }

    [TestMethod]
    [DataRow(new long[] { 1, 4, 64 }, new long[] { 1, 1, 4, 64 }, new long[] { 1, 1, 4, 64 }, "'q' is [1, 4, 64] and 'k' is [1, 1, 4, 64]",
        "the same rank")]
    [DataRow(new long[] { 1, 1, 4, 64 }, new long[] { 4, 64 }, new long[] { 1, 1, 4, 64 }, "'k' is [4, 64], of rank 2")]
    [DataRow(new long[] { 1, 1, 4, 64 }, new long[] { 1, 1, 4, 64 }, new long[] { 1, 1, 1, 4, 64 }, "'v' is [1, 1, 1, 4, 64], of rank 5")]
    [DataRow(new long[] { 1, 1, 4, 64 }, new long[] { 1, 1, 4, 40 }, new long[] { 1, 1, 4, 40 }, "head dim 64", "40")]
    [DataRow(new long[] { 1, 1, 4, 64 }, new long[] { 1, 1, 4, 64 }, new long[] { 1, 1, 5, 64 }, "same shape")]
    [DataRow(new long[] { 4, 1, 4, 64 }, new long[] { 2, 1, 4, 64 }, new long[] { 2, 1, 4, 64 }, "batch 4", "have 2",
        "or 1 for all of 'q'")]
    [DataRow(new long[] { 1, 1, 4, 64 }, new long[] { 2, 1, 4, 64 }, new long[] { 2, 1, 4, 64 }, "batch 1", "have 2")]
    [DataRow(new long[] { 2, 4, 64 }, new long[] { 3, 4, 64 }, new long[] { 3, 4, 64 }, "batch 2", "have 3")]
    [DataRow(new long[] { 0, 1, 4, 64 }, new long[] { 0, 1, 4, 64 }, new long[] { 0, 1, 4, 64 }, "no batch items")]
    [DataRow(new long[] { 1, 0, 4, 64 }, new long[] { 1, 0, 4, 64 }, new long[] { 1, 0, 4, 64 }, "0 heads")]
    [DataRow(new long[] { 1, 4, 4, 64 }, new long[] { 1, 0, 4, 64 }, new long[] { 1, 0, 4, 64 }, "have 0")]
    [DataRow(new long[] { 1, 4, 4, 64 }, new long[] { 1, 3, 4, 64 }, new long[] { 1, 3, 4, 64 }, "multiple")]
    [DataRow(new long[] { 1, 1, 4, 48 }, new long[] { 1, 1, 4, 48 }, new long[] { 1, 1, 4, 48 }, "head dim 48",
        "40, 64, 72, 80, 88, 96, 112, 128, 160, 192, 256, 384, 512",
        "[SliceAttention(HeadDims = [48], ElementTypes = [ElementType.Float32])]")]
    [DataRow(new long[] { 1, 1, 4, 0 }, new long[] { 1, 1, 4, 0 }, new long[] { 1, 1, 4, 0 }, "head dim 0")]
    [DataRow(new long[] { 1, 1, 0, 4294967296 }, new long[] { 1, 1, 0, 4294967296 }, new long[] { 1, 1, 0, 4294967296 }, "2^31")]
    public void WrongShapes_AreNamed(long[] query, long[] key, long[] value, params string[] parts)
    {
        using TestFolder folder = new();
        string input = Input(folder, writer =>
        {
            Add(writer, "q", query);
            Add(writer, "k", key);
            Add(writer, "v", value);
        });
        AssertFault(folder, input, parts);
    }

    [TestMethod]
    public void DifferentTypes_AreNamed()
    {
        using TestFolder folder = new();
        string input = Input(folder, writer =>
        {
            Add(writer, "q", 1, 1, 4, 64);
            Add(writer, "k", 1, 1, 4, 64);
            writer.Add<Half>("v", [1, 1, 4, 64], new Half[256]);
        });
        AssertFault(folder, input, "'q' is F32 and 'v' is F16");
    }

    [TestMethod]
    public void UnsupportedType_IsNamed()
    {
        using TestFolder folder = new();
        StringBuilder header = new("{");
        int begin = 0;
        foreach (string name in (string[])["q", "k", "v"])
        {
            header.Append(begin == 0 ? "" : ",")
                .Append($"\"{name}\":{{\"dtype\":\"F64\",\"shape\":[1,1,1,64],\"data_offsets\":[{begin},{begin + 512}]}}");
            begin += 512;
        }

        HostileFile.Write(folder["in"], header.Append('}').ToString(), begin);
        AssertFault(folder, folder["in"], "'q' is F64", "F16, BF16 and F32");
    }

    [TestMethod]
    [DataRow(new long[] { 4, 5 }, "does not broadcast to [1, 2, 4, 6]")]
    [DataRow(new long[] { 3, 4, 6 }, "does not broadcast")]
    [DataRow(new long[] { 2, 2, 4, 6 }, "does not broadcast")]
    [DataRow(new long[] { 6 }, "rank 1")]
    [DataRow(new long[] { 1, 1, 1, 4, 6 }, "rank 5")]
    public void MaskThatDoesNotBroadcast_IsNamed(long[] mask, string part)
    {
        using TestFolder folder = new();
        string input = Input(folder, writer =>
        {
            Add(writer, "q", 1, 2, 4, 64);
            Add(writer, "k", 1, 2, 6, 64);
            Add(writer, "v", 1, 2, 6, 64);
            Add(writer, "mask", mask);
        });
        AssertFault(folder, input, "'mask'", part);
    }

    [TestMethod]
    [DataRow("scale", "NaN")]
    [DataRow("scale", "wide")]
    [DataRow("causal", "perhaps")]
    public void BadMetadata_IsNamed(string key, string value)
    {
        using TestFolder folder = new();
        string input = Input(folder, writer =>
        {
            AddAll(writer);
            writer.AddMetadata(key, value);
        });
        AssertFault(folder, input, key, value);
    }

    [TestMethod]
    [DataRow(new[] { "--policy", "guess" }, 2, "guess")]
    [DataRow(new[] { "--scale", "NaN" }, 2, "--scale is 'NaN'")]
    [DataRow(new[] { "--layout", "lbhd" }, 2, "'bhld' or 'blhd'")]
    [DataRow(new[] { "--slice-rows", "7" }, 2, "No kernel matches")]
    [DataRow(new[] { "--family", "streaming", "--capture-map" }, 2, "No kernel matches")]
    [DataRow(new[] { "--device", "tpu" }, 2, "'auto' or 'cpu' or 'cuda'")]
    [DataRow(new[] { "--threads", "0" }, 2, "--threads is '0'")]
    [DataRow(new[] { "--device", "cuda" }, 4, "cuda")]
    [DataRow(new[] { "--family", "materialized", "--free-bytes", "10" }, 3, "does not fit")]
    public void BadOption_HasItsCode(string[] args, int code, string part)
    {
        using TestFolder folder = new();
        string input = Input(folder, AddAll);
        CommandResult.Of(["attend", input, folder["out"], .. args]).AssertFault(code, part);
        Assert.AreSequenceEqual(["in"], folder.Files);
    }

    [TestMethod]
    public void TruncatedFile_IsNamed()
    {
        using TestFolder folder = new();
        string input = Input(folder, AddAll);
        File.WriteAllBytes(input, File.ReadAllBytes(input)[..^1]);
        AssertFault(folder, input, "truncated");
    }

    [TestMethod]
    public void MissingFile_IsNamed()
    {
        using TestFolder folder = new();
        AssertFault(folder, folder["nowhere"], "no such file");
    }

    [TestMethod]
    public void OutputIsInput_IsRefused()
    {
        using TestFolder folder = new();
        string input = Input(folder, AddAll);
        byte[] before = File.ReadAllBytes(input);
        File.CreateSymbolicLink(folder["link"], input);
        CommandResult.Of("attend", input, input).AssertFault(2, "output is the input");
        CommandResult.Of("attend", input, folder["link"]).AssertFault(2, "output is the input");
        CommandResult.Of("attend", input, System.IO.Path.Combine(folder.Path, ".", "in")).AssertFault(2, "output is the input");
        Assert.AreSequenceEqual(before, File.ReadAllBytes(input));
    }

    [TestMethod]
    public void UnwritableOutput_IsNamed()
    {
        using TestFolder folder = new();
        string input = Input(folder, AddAll);
        CommandResult.Of("attend", input, folder["no/folder/out"]).AssertFault(2, "cannot be written");
        CommandResult.Of("attend", input, folder.Path).AssertFault(2, "folder");
    }

    [TestMethod]
    public void NoArguments_IsBadUsage() => CommandResult.Of("attend").AssertFault(2);

    [TestMethod]
    public void UnknownCommand_IsBadUsage() => CommandResult.Of("atend").AssertFault(2, "atend");

    private static void AddAll(SafetensorsWriter writer)
    {
        foreach (string name in (string[])["q", "k", "v"])
            Add(writer, name, 1, 1, 4, 64);
    }
}
