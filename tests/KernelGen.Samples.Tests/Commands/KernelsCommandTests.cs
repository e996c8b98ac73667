using System.Text.Json;

namespace KernelGen.Samples.Tests.Commands;

[TestClass]
public sealed class KernelsCommandTests
{
    [TestMethod]
    public void Json_CoversEveryHeadDimTypeAndFamily()
    {
        JsonElement kernels = CommandResult.Of("kernels", "--json").AssertDone().Json;
        HashSet<(int HeadDim, string Type, string Family, string Target)> there = [];
        foreach (JsonElement kernel in kernels.EnumerateArray())
        {
            there.Add((
                kernel.GetProperty("head_dim").GetInt32(), kernel.GetProperty("dtype").GetString()!,
                kernel.GetProperty("family").GetString()!, kernel.GetProperty("target").GetString()!));
            Assert.IsGreaterThan(0, kernel.GetProperty("source_bytes").GetInt32());
        }

        foreach (int headDim in (int[])[40, 64, 72, 80, 88, 96, 112, 128, 160, 192, 256, 384, 512])
        {
            foreach (string type in (string[])["f16", "bf16", "f32"])
            {
                foreach (string family in (string[])["materialized", "streaming"])
                {
                    foreach (string target in (string[])["cpu", "simt"])
                        Assert.Contains((headDim, type, family, target), there);
                }
            }
        }
    }

    [TestMethod]
    [DataRow("cpu", "private static unsafe class CpuD40")]
    [DataRow("simt", "extern \"C\"")]
    public void Show_PrintsTheSource(string target, string part)
    {
        string id = CommandResult.Of("kernels", "--json", "--model", "StableDiffusion15Attention").AssertDone().Json.EnumerateArray()
            .Select(kernel => kernel.GetProperty("id").GetString()!)
            .First(id => id.Contains($"-{target}-", StringComparison.Ordinal));
        CommandResult result = CommandResult.Of("kernels", "--show", id).AssertDone();
        Assert.StartsWith("// ", result.Output);
        Assert.Contains(part, result.Output);
        Assert.EndsWith("\n", result.Output);
    }

    [TestMethod]
    public void Show_PrintsHeadersOnRequestOnly()
    {
        const string id = "streaming-simt-f16-d40-r64";
        string[] kernel = CommandResult.Of("kernels", "--show", id).AssertDone().Output.TrimEnd('\n').Split('\n');
        string[] everything = CommandResult.Of("kernels", "--show", id, "--with-headers").AssertDone().Output.Split('\n');
        string[] included =
            [.. kernel.Where(line => line.StartsWith("#include", StringComparison.Ordinal)).Select(line => line.Split('"')[1])];

        Assert.StartsWith($"// {id}: ", kernel[0]);
        Assert.Contains($"kernels --show {id} --with-headers", kernel[^1]);
        Assert.AreSequenceEqual(
            included.Append(id).Select(name => $"// ---- {name} ----"),
            everything.Where(
                line => line.StartsWith("// ---- ", StringComparison.Ordinal) && line.EndsWith(" ----", StringComparison.Ordinal)));
        Assert.Contains("extern \"C\"", string.Join('\n', everything));
    }

    [TestMethod]
    public void WithHeaders_WithoutAKernel_IsRefused() =>
        CommandResult.Of("kernels", "--with-headers").AssertFault(2, "--with-headers goes with --show ID");

    [TestMethod]
    public void Show_UnknownId_SuggestsNearOnes() =>
        CommandResult.Of("kernels", "--show", "streaming-cpu-f16-d40-r1").AssertFault(2, "Near it are", "streaming-cpu-f16-d40");

    [TestMethod]
    public void Model_Unknown_ListsThoseThereAre() =>
        CommandResult.Of("kernels", "--model", "Llama").AssertFault(2, "StableDiffusion15Attention");

    [TestMethod]
    public void Match_LeavesTheKernelsOfThatName()
    {
        JsonElement kernels =
            CommandResult.Of("kernels", "--json", "--match", "streaming-simt-f16-*-r64,materialized-cpu-*").AssertDone().Json;
        Assert.IsTrue(kernels.EnumerateArray().All(kernel => kernel.GetProperty("id").GetString() is { } id
            && (id.StartsWith("materialized-cpu-", StringComparison.Ordinal)
                || id.StartsWith("streaming-simt-f16-", StringComparison.Ordinal))));
        CommandResult.Of("kernels", "--match", "none-of-these").AssertFault(2, "No variant is named none-of-these");
    }

    [TestMethod]
    public void Compile_SaysWhatIsWrongWithItsOptions()
    {
        CommandResult.Of("kernels", "--arch", "8.6").AssertFault(2, "--arch goes with --compile");
        CommandResult.Of("kernels", "--out", "folder").AssertFault(2, "--out goes with --compile");
        CommandResult.Of("kernels", "--mask", "none").AssertFault(2, "--mask goes with --compile");
        CommandResult.Of("kernels", "--compile", "--show", "streaming-simt-f16-d40-r64").AssertFault(2, "exclude each other");
        foreach (string wrong in (string[])["86", "8.6.1", "7.0", "8.10", "sm_86", "8.", ".6", "-8.6"])
            CommandResult.Of("kernels", "--compile", $"--arch={wrong}").AssertFault(2, "compute capabilities from 7.5 on");
        CommandResult.Of("kernels", "--compile", "--mask", "causal").AssertFault(2, "'none' or 'general' or 'both'");
    }

    [TestMethod]
    public void Table_FitsHundredColumns()
    {
        string output = CommandResult.Of("kernels").AssertDone().Output;
        Assert.Contains("StableDiffusion15Attention", output);
        Assert.IsLessThanOrEqualTo(100, output.Split('\n').Max(line => line.TrimEnd().Length));
    }

    [TestMethod]
    public void Doctor_SaysWhatThereIs()
    {
        CommandResult result = CommandResult.Of("doctor").AssertDone();
        foreach (string part in (string[])["Processor", "free for plans", ".NET 10", "variants", "CUDA", "compiled kernels"])
            Assert.Contains(part, result.Output);
        Assert.AreEqual("", result.Error);
    }

    [TestMethod]
    public void Help_ListsCommands()
    {
        CommandResult result = CommandResult.Of("--help").AssertDone();
        foreach (string command in (string[])["attend", "plan", "kernels", "doctor"])
            Assert.Contains(command, result.Output);
    }
}
