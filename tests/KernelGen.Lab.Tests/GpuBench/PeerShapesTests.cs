using System.Text.Json;
using KernelGen.Lab.GpuBench;
using KernelGen.Lab.Measuring;
using KernelGen.Samples.Models;

namespace KernelGen.Lab.Tests.GpuBench;

[TestClass]
public sealed class PeerShapesTests
{
    [TestMethod]
    public void EveryShape_HasAKernel()
    {
        foreach (CudaBenchShape shape in PeerShapes.BuiltIn())
            Assert.AreNotEqual(0,
                ModelCatalogue.Find(shape.Shape.HeadDim, shape.ElementType).Kernels.For(shape.ElementType, shape.Shape.HeadDim).Length,
                shape.Name);
    }

    [TestMethod]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void BuiltInShapes_AreThoseOfTheFile()
    {
        CudaBenchShape[] file = PeerShapes.FromFile(Path.Combine(Repository.Peers, "shapes.json"));
        Assert.AreSequenceEqual(file, PeerShapes.BuiltIn());
        Assert.IsGreaterThan(20, file.Length);
    }

    [TestMethod]
    [DataRow("", "no list of shapes")]
    [DataRow("{\"shapes\": []}", "has no shapes")]
    [DataRow("{\"shapes\": [{\"name\": \"a\", \"head_dim\": 41, \"dtype\": \"f16\", \"batch\": 1, \"heads\": 1, \"queries\": 1, "
        + "\"keys\": 1}]}", "'a' is no shape")]
    [DataRow("{\"shapes\": [{\"name\": \"a\", \"head_dim\": 40, \"dtype\": \"f8\", \"batch\": 1, \"heads\": 1, \"queries\": 1, \"keys\": "
        + "1}]}", "dtype of 'a' is 'f8'")]
    public void WrongFile_IsAClearError(string text, string part)
    {
        using TestFolder folder = new();
        string path = folder["shapes.json"];
        File.WriteAllText(path, text);
        Assert.Contains(part, Assert.ThrowsExactly<InputException>(() => PeerShapes.FromFile(path)).Message);
    }

    [TestMethod]
    public void MissingFile_IsAClearError() =>
        Assert.Contains("cannot be read", Assert.ThrowsExactly<InputException>(() => PeerShapes.FromFile("no such file")).Message);

    [TestMethod]
    public void WorkOfCausalCalls_IsThatOfTheVisiblePairs()
    {
        for (int queries = 1; queries < 6; queries++)
        {
            for (int keys = 1; keys < 6; keys++)
            {
                int pairs = Enumerable.Range(0, queries).Sum(i => Enumerable.Range(0, keys).Count(j => j <= i));
                Assert.AreEqual(4.0 * 2 * 3 * 40 * pairs, AttentionWork.Operations(new(2, 3, queries, keys, 40), causal: true));
                Assert.AreEqual(4.0 * 2 * 3 * 40 * queries * keys, AttentionWork.Operations(new(2, 3, queries, keys, 40), causal: false));
            }
        }
    }

    [TestMethod]
    [ExecutableCondition("python3", IgnoreMessage = "python3 is not installed; it runs the scripts that time other libraries.")]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void PeerScripts_PassTheirOwnTests()
    {
        CommandResult result = ChildProcess.Run("python3", ["-B", "-m", "unittest", "test_peers"], Repository.Peers);
        Assert.AreEqual(0, result.Code, result.Error);
        Assert.Contains("OK", result.Error);
    }

    [TestMethod]
    [ExecutableCondition("python3", IgnoreMessage = "python3 is not installed; it runs the scripts that time other libraries.")]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void PeerScript_WithoutTorchOrGpu_SaysSo()
    {
        using TestFolder folder = new();
        string path = folder["peers.json"];
        CommandResult result = ChildProcess.Run(
            "python3", ["-B", "torch_sdpa.py", "--out", path, "--seconds", "1", "--no-flex", "--shapes", "shapes-smoke.json"],
            Repository.Peers, ("CUDA_VISIBLE_DEVICES", ""));
        Assert.AreEqual(3, result.Code, result.Error);
        Assert.AreEqual(0, JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("rows").GetArrayLength());
    }
}
