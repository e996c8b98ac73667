using System.Buffers.Binary;
using System.Text;
using KernelGen.Reference.Safetensors;
using KernelGen.Tensors;

namespace KernelGen.Lab.Tests.Safetensors;

[TestClass]
public sealed class SafetensorsRoundTripTests
{
    [TestMethod]
    public void WriteThenRead_EveryType_GivesTheSameElements()
    {
        using TestFolder folder = new();
        string path = folder["all.safetensors"];
        bool[] flags = [true, false, true];
        Half[] halves = [(Half)1.5f, Half.NegativeInfinity, Half.NaN, (Half)0];
        BFloat16[] bfloats = [(BFloat16)3f, (BFloat16)(-0.5f)];
        float[] singles = [1, float.Epsilon, float.NaN, -0f, float.PositiveInfinity, 7];
        using (SafetensorsWriter writer = SafetensorsWriter.Create(path))
        {
            writer.Add<bool>("flags", [3], flags);
            writer.Add<Half>("halves", [2, 2], halves);
            writer.Add<BFloat16>("bfloats", [1, 2], bfloats);
            writer.Add<float>("singles", [1, 2, 3], singles);
            writer.Add<float>("scalar", [], new float[] { 42 });
            writer.Add<float>("nothing", [0, 5], Array.Empty<float>());
            writer.AddMetadata("scale", "0.125");
            writer.AddMetadata("quote \" and \u00e4", "line\nbreak");
            writer.Commit();
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        CollectionAssert.AreEqual(flags, file.Tensors["flags"].AsSpan<bool>().ToArray());
        CollectionAssert.AreEqual(halves, file.Tensors["halves"].AsSpan<Half>().ToArray());
        CollectionAssert.AreEqual(bfloats, file.Tensors["bfloats"].AsSpan<BFloat16>().ToArray());
        CollectionAssert.AreEqual(singles, file.Tensors["singles"].AsSpan<float>().ToArray());
        CollectionAssert.AreEqual(new float[] { 42 }, file.Tensors["scalar"].AsSpan<float>().ToArray());
        Assert.AreEqual(0, file.Tensors["nothing"].AsSpan<float>().Length);
        Assert.AreEqual("[1, 2, 3]", file.Tensors["singles"].ShapeText);
        Assert.AreEqual("0.125", file.Metadata["scale"]);
        Assert.AreEqual("line\nbreak", file.Metadata["quote \" and \u00e4"]);
    }

    [TestMethod]
    public void Write_DataBeginsAtAMultipleOfEight()
    {
        using TestFolder folder = new();
        for (int length = 1; length <= 9; length++)
        {
            using (SafetensorsWriter writer = SafetensorsWriter.Create(folder["aligned"]))
            {
                writer.Add<float>(new string('n', length), [1], new float[1]);
                writer.Commit();
            }

            ulong header = BinaryPrimitives.ReadUInt64LittleEndian(File.ReadAllBytes(folder["aligned"]));
            Assert.AreEqual(0UL, header % 8);
        }
    }

    [TestMethod]
    public void Read_TensorsWithoutData_NeedNoMapping()
    {
        using TestFolder folder = new();
        HostileFile.Write(folder["empty"], """{"a":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}""", dataBytes: 0);
        using SafetensorsFile file = SafetensorsFile.Open(folder["empty"]);
        Assert.AreEqual(0, file.Tensors["a"].AsSpan<float>().Length);
    }

    [TestMethod]
    public void Read_MisalignedData_GivesTheSameElements()
    {
        using TestFolder folder = new();
        string header = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        header += new string(' ', (8 - (header.Length % 8)) % 8) + " ";
        byte[] file = new byte[8 + header.Length + 8];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        Encoding.UTF8.GetBytes(header, file.AsSpan(8));
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(8 + header.Length), 1.25f);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(12 + header.Length), -2.5f);
        File.WriteAllBytes(folder["odd"], file);

        using SafetensorsFile odd = SafetensorsFile.Open(folder["odd"]);
        CollectionAssert.AreEqual(new[] { 1.25f, -2.5f }, odd.Tensors["a"].AsSpan<float>().ToArray());
    }

    [TestMethod]
    public void Read_TypesThatAttentionDoesNotUse_AreRecognised()
    {
        using TestFolder folder = new();
        HostileFile.Write(
            folder["wide"],
            """{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}"""
                + ""","c":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}}""",
            dataBytes: 19);
        using SafetensorsFile file = SafetensorsFile.Open(folder["wide"]);
        Assert.AreEqual(SafetensorsElementType.F64, file.Tensors["a"].Type);
        Assert.IsNull(file.Tensors["a"].Type.ToAttention());
        Assert.AreEqual(SafetensorsElementType.I64, file.Tensors["b"].Type);
        Assert.AreEqual(3, file.Tensors["c"].ElementCount);
        Assert.ThrowsExactly<InvalidOperationException>(() => file.Tensors["a"].AsSpan<float>().Length);
    }

    [TestMethod]
    public void UntilItIsCommitted_NothingIsThere_AndTheLongestNameCanBeWritten()
    {
        using TestFolder folder = new();
        string name = new('n', 255);
        using SafetensorsWriter writer = SafetensorsWriter.Create(folder[name]);
        writer.Add<float>("a", [1], new float[1]);
        Assert.IsEmpty(folder.Files);

        writer.Commit();
        Assert.AreSequenceEqual([name], folder.Files);
        Assert.Contains(
            "name is too long", Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsWriter.Create(folder[name + "n"])).Message);
    }

    [TestMethod]
    public void AFolderThatIsGone_IsAClearError_AndNothingIsLeft()
    {
        using TestFolder folder = new();
        Directory.CreateDirectory(folder["sub"]);
        using SafetensorsWriter writer = SafetensorsWriter.Create(folder["sub/out"]);
        writer.Add<float>("a", [1], new float[1]);
        Directory.Delete(folder["sub"]);

        string message = Assert.ThrowsExactly<SafetensorsException>(writer.Commit).Message;
        Assert.EndsWith("the file cannot be written: its folder does not exist.", message);
        Assert.IsEmpty(folder.Files);
    }

    [TestMethod]
    public void AFaultWhileItIsWritten_LeavesNothing()
    {
        using TestFolder folder = new();
        using SafetensorsWriter writer = SafetensorsWriter.Create(folder["out"]);
        writer.Add<float>("a", [1], new FaultyMemory().Memory);

        Assert.ThrowsExactly<SafetensorsException>(writer.Commit);
        Assert.IsEmpty(folder.Files);
    }

    [TestMethod]
    public void DisposeWithoutCommit_LeavesNothing()
    {
        using TestFolder folder = new();
        File.WriteAllText(folder["out"], "before");
        using (SafetensorsWriter writer = SafetensorsWriter.Create(folder["out"]))
            writer.Add<float>("a", [1], new float[1]);
        Assert.AreSequenceEqual(["out"], folder.Files);
        Assert.AreEqual("before", File.ReadAllText(folder["out"]));
    }

    [TestMethod]
    public void Commit_ReplacesTheFileAndLeavesNothingElse()
    {
        using TestFolder folder = new();
        File.WriteAllText(folder["out"], "before");
        using (SafetensorsWriter writer = SafetensorsWriter.Create(folder["out"]))
        {
            writer.Add<float>("a", [1], new float[] { 5 });
            Assert.AreEqual("before", File.ReadAllText(folder["out"]));
            writer.Commit();
        }

        Assert.AreSequenceEqual(["out"], folder.Files);
        using SafetensorsFile file = SafetensorsFile.Open(folder["out"]);
        Assert.AreEqual(5f, file.Tensors["a"].AsSpan<float>()[0]);
    }

    [TestMethod]
    public void Commit_ThroughALink_KeepsTheLink()
    {
        using TestFolder folder = new();
        File.WriteAllText(folder["target"], "before");
        File.CreateSymbolicLink(folder["link"], folder["target"]);
        using (SafetensorsWriter writer = SafetensorsWriter.Create(folder["link"]))
        {
            writer.Add<float>("a", [1], new float[1]);
            writer.Commit();
        }

        Assert.IsNotNull(new FileInfo(folder["link"]).LinkTarget);
        using SafetensorsFile file = SafetensorsFile.Open(folder["target"]);
        Assert.HasCount(1, file.Tensors);
    }

    [TestMethod]
    public void Create_WhereNothingCanBeWritten_SaysSo()
    {
        using TestFolder folder = new();
        Assert.Contains("folder does not exist",
            Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsWriter.Create(folder["no/such/folder"])).Message);
        Assert.Contains(
            "this is a folder", Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsWriter.Create(folder.Path)).Message);
    }

    [TestMethod]
    public void Create_Device_IsRefused()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("There are no device files on Windows.");
        Assert.Contains("device", Assert.ThrowsExactly<SafetensorsException>(() => SafetensorsWriter.Create("/dev/null")).Message);
    }

    [TestMethod]
    public void Add_WrongShapeOrNameTwice_Throws()
    {
        using TestFolder folder = new();
        using SafetensorsWriter writer = SafetensorsWriter.Create(folder["out"]);
        Assert.ThrowsExactly<ArgumentException>(() => writer.Add<float>("a", [2], new float[3]));
        writer.Add<float>("a", [3], new float[3]);
        Assert.ThrowsExactly<ArgumentException>(() => writer.Add<float>("a", [3], new float[3]));
    }

    /// <summary>Memory whose reading fails as writing to a full disk does.</summary>
    private sealed class FaultyMemory : System.Buffers.MemoryManager<float>
    {
        public override Memory<float> Memory => CreateMemory(1);

        public override Span<float> GetSpan() => throw new IOException("No space left on device");

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
