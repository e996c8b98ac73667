using System.Diagnostics;
using System.Text.Json;
using KernelGen.Execution;
using KernelGen.Reference;
using KernelGen.Reference.Safetensors;
using KernelGen.Tensors;

namespace KernelGen.Samples.Tests.Commands;

[TestClass]
public sealed class AttendOptionTests
{
    private static readonly AttentionShape Shape = new(2, 4, 30, 50, 64, 2);

    private static readonly float[] Query = RandomTensors.Normal<float>(Shape.QueryElements, 1);
    private static readonly float[] Key = RandomTensors.Normal<float>(Shape.KeyElements, 2);
    private static readonly float[] Value = RandomTensors.Normal<float>(Shape.KeyElements, 3);

    private static string Input(
        TestFolder folder, AttentionLayout layout = AttentionLayout.BatchHeadsRows, Action<SafetensorsWriter>? more = null)
    {
        long[] query = layout == AttentionLayout.BatchRowsHeads ? [2, 30, 4, 64] : [2, 4, 30, 64];
        long[] key = layout == AttentionLayout.BatchRowsHeads ? [2, 50, 2, 64] : [2, 2, 50, 64];
        using SafetensorsWriter writer = SafetensorsWriter.Create(folder["in"]);
        writer.Add<float>("q", query, Query);
        writer.Add<float>("k", key, Key);
        writer.Add<float>("v", key, Value);
        more?.Invoke(writer);
        writer.Commit();
        return folder["in"];
    }

    private static void AssertMatches(string path, AttentionOptions options)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        SampledCheck check = SampledCheck.Compare(Shape, Query, Key, Value, file.Tensors["out"].AsSpan<float>(), options, int.MaxValue);
        Assert.AreEqual(Shape.TotalHeads * Shape.Queries, check.Rows);
        Assert.IsTrue(check.Passed, $"relative error {check.RelativeError}");
    }

    [TestMethod]
    public void Tune_OnTheCpu_SaysThatThereIsNothingToChoose_AndRuns()
    {
        using TestFolder folder = new();
        CommandResult result = CommandResult.Of("attend", Input(folder), folder["out"], "--device", "cpu", "--tune").AssertDone();
        Assert.Contains("not tuned: CPU", result.Error);
        AssertMatches(folder["out"], AttentionOptions.Default);
    }

    [TestMethod]
    [DataRow("hoper")]
    [DataRow("hopper,")]
    [DataRow("none")]
    public void ExperimentalKernelsThatThereAreNot_AreAClearError(string word)
    {
        using TestFolder folder = new();
        CommandResult.Of("attend", Input(folder), folder["out"], "--experimental", word)
            .AssertFault(ExitCode.BadInput, $"--experimental is '{word}'; it must be 'hopper' or 'hopper-multicast'.");
    }

    [TestMethod]
    [DataRow("streaming")]
    [DataRow("materialized")]
    public void Layout_BatchRowsHeads_IsHonoured(string family)
    {
        using TestFolder folder = new();
        string input = Input(folder, AttentionLayout.BatchRowsHeads);
        CommandResult.Of("attend", input, folder["out"], "--layout", "blhd", "--family", family).AssertDone();
        AssertMatches(folder["out"], new() { Layout = AttentionLayout.BatchRowsHeads });
    }

    [TestMethod]
    public void ScaleAndCausal_OnTheCommandLine_WinOverTheFile()
    {
        using TestFolder folder = new();
        string input = Input(folder, more: writer => writer.AddMetadata("scale", "9"));
        CommandResult.Of("attend", input, folder["out"], "--scale", "0.3", "--causal").AssertDone();
        AssertMatches(folder["out"], new() { Scale = 0.3f, Causal = true });
    }

    [TestMethod]
    public void Causal_False_OverridesTheFile()
    {
        using TestFolder folder = new();
        string input = Input(folder, more: writer => writer.AddMetadata("causal", "true"));
        CommandResult.Of("attend", input, folder["causal"]).AssertDone();
        AssertMatches(folder["causal"], new() { Causal = true });
        CommandResult.Of("attend", input, folder["whole"], "--causal", "false").AssertDone();
        AssertMatches(folder["whole"], new());
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void HalfMask_OfAnyRank_IsAdded(int rank)
    {
        using TestFolder folder = new();
        Half[] mask = RandomTensors.Normal<Half>(rank == 2 ? 30 * 50 : 4 * 30 * 50, 4);
        long[] shape = rank switch { 2 => [30, 50], 3 => [4, 30, 50], _ => [1, 4, 30, 50] };
        string input = Input(folder, more: writer => writer.Add<Half>("mask", shape, mask));
        CommandResult.Of("attend", input, folder["out"]).AssertDone();
        float[] bias = Array.ConvertAll(mask, half => (float)half);
        AssertMatches(folder["out"], new() { Mask = AttentionMask.Additive(bias, 1, rank == 2 ? 1 : 4, 30, 50) });
    }

    [TestMethod]
    public void CaptureMap_WritesProbabilitiesThatSumToOne()
    {
        using TestFolder folder = new();
        CommandResult result = CommandResult.Of("attend", Input(folder), folder["out"], "--capture-map", "--lse", "--json").AssertDone();
        Assert.AreEqual("materialized", result.Json.GetProperty("family").GetString());
        using SafetensorsFile file = SafetensorsFile.Open(folder["out"]);
        Assert.AreSequenceEqual([2L, 4, 30, 50], file.Tensors["map"].Shape);
        float[] map = file.Tensors["map"].AsSpan<float>().ToArray();
        foreach (float[] row in map.Chunk(Shape.Keys))
            Assert.AreEqual(1.0, row.Sum(probability => (double)probability), 1e-5);

        Assert.AreSequenceEqual([2L, 4, 30], file.Tensors["lse"].Shape);
        double[] result5 = new double[Shape.HeadDim];
        double expected = AttentionReference.Row<float>(Shape, Query, Key, Value, new(), head: 5, row: 7, result5).LogSumExp;
        Assert.AreEqual(expected, file.Tensors["lse"].AsSpan<float>()[(5 * 30) + 7], 1e-5);
    }

    [TestMethod]
    public void Check_ReportsTheError()
    {
        using TestFolder folder = new();
        JsonElement report = CommandResult.Of("attend", Input(folder), folder["out"], "--check", "--json").AssertDone().Json;
        Assert.AreEqual(Shape.TotalHeads * Shape.Queries, report.GetProperty("checked_rows").GetInt32());
        Assert.IsLessThan(2e-6, report.GetProperty("relative_error").GetDouble());
        Assert.AreEqual(2e-6, report.GetProperty("error_bound").GetDouble(), 1e-6);
    }

    [TestMethod]
    public void Json_HasTheDocumentedFields()
    {
        using TestFolder folder = new();
        JsonElement report = CommandResult.Of("attend", Input(folder), folder["out"], "--json").AssertDone().Json;
        string[] expected =
        [
            "policy", "family", "variant", "steps", "slice_axis", "heads_per_slice", "rows_per_slice", "keys_per_slice", "slice_count",
            "workspace_bytes", "required_bytes", "free_bytes", "modifier", "safety_factor", "largest_length",
            "elapsed_seconds", "measured_workspace_bytes", "device", "non_finite_rows",
        ];
        foreach (string name in expected)
            Assert.IsTrue(report.TryGetProperty(name, out _), name);
    }

    [TestMethod]
    public void NonFiniteInput_IsReported()
    {
        using TestFolder folder = new();
        float[] query = [.. Query];
        query[64 * 3] = float.NaN;
        using (SafetensorsWriter writer = SafetensorsWriter.Create(folder["nan"]))
        {
            writer.Add<float>("q", [2, 4, 30, 64], query);
            writer.Add<float>("k", [2, 2, 50, 64], Key);
            writer.Add<float>("v", [2, 2, 50, 64], Value);
            writer.Commit();
        }

        CommandResult result = CommandResult.Of("attend", folder["nan"], folder["out"], "--json", "--check").AssertDone();
        Assert.AreEqual(1, result.Json.GetProperty("non_finite_rows").GetInt64());
        Assert.Contains("1 output rows hold NaN", result.Error);
    }

    [TestMethod]
    public void NoQueriesOrNoKeys_AreLegal()
    {
        using TestFolder folder = new();
        foreach ((long queries, long keys) in ((long, long)[])[(0, 5), (5, 0), (0, 0), (1, 1)])
        {
            using (SafetensorsWriter writer = SafetensorsWriter.Create(folder["in"]))
            {
                writer.Add<float>("q", [1, 1, queries, 64], new float[queries * 64]);
                writer.Add<float>("k", [1, 1, keys, 64], new float[keys * 64]);
                writer.Add<float>("v", [1, 1, keys, 64], new float[keys * 64]);
                writer.Commit();
            }

            CommandResult.Of("attend", folder["in"], folder["out"], "--check").AssertDone();
            using SafetensorsFile file = SafetensorsFile.Open(folder["out"]);
            Assert.IsTrue(file.Tensors["out"].AsSpan<float>().IndexOfAnyExcept(0f) < 0);
        }
    }

    [TestMethod]
    public void Cancelled_LeavesNoOutput()
    {
        using TestFolder folder = new();
        string input = Input(folder);
        using StringWriter output = new();
        using StringWriter error = new();
        int code = SampleApplication.Run(["attend", input, folder["out"]], output, error, new(canceled: true));
        Assert.AreEqual(130, code);
        Assert.AreSequenceEqual(["in"], folder.Files);
    }

    [TestMethod]
    public void AMaskOfWholeNumbers_IsABooleanOne()
    {
        bool[] attend = [.. Enumerable.Range(0, 2 * 50).Select(i => i % 50 < 31)];
        using TestFolder folder = new();
        CommandResult.Of("attend", Input(folder, more: writer => writer.Add<bool>("mask", [2, 1, 1, 50], attend)), folder["bool"],
            "--device", "cpu").AssertDone();
        CommandResult.Of("attend",
            Input(folder, more: writer => writer.Add<long>("mask", [2, 1, 1, 50], Array.ConvertAll(attend, seen => seen ? 1L : 0))),
            folder["long"], "--device", "cpu").AssertDone();
        CommandResult.Of("attend",
            Input(folder,
                more: writer => writer.Add<byte>("mask", [2, 1, 1, 50], Array.ConvertAll(attend, seen => seen ? (byte)1 : (byte)0))),
                    folder["byte"], "--device", "cpu").AssertDone();

        AssertMatches(folder["long"], new() { Mask = AttentionMask.Boolean(attend, 2, 1, 1, 50) });
        Assert.AreSequenceEqual(File.ReadAllBytes(folder["bool"]), File.ReadAllBytes(folder["long"]));
        Assert.AreSequenceEqual(File.ReadAllBytes(folder["bool"]), File.ReadAllBytes(folder["byte"]));
        CommandResult.Of("attend", Input(folder, more: writer => writer.Add<long>("mask", [1, 50], Enumerable.Repeat(7L, 50).ToArray())),
            folder["seven"], "--device", "cpu")
            .AssertFault(2, "holds 7", "0 and 1");
    }

    // What one item of K and V holds serves every item of Q, as strides of 0 would have it: the same bits as copies.
    [TestMethod]
    [DataRow("bhld")]
    [DataRow("blhd")]
    public void KeysAndValuesOfOneItem_ServeTheWholeBatch(string layout)
    {
        long[] query = [3, 4, 4, 64], one = [1, 2, 2, 64], all = [3, 2, 2, 64];
        float[] key = RandomTensors.Normal<float>(256, 5), value = RandomTensors.Normal<float>(256, 6);
        using TestFolder folder = new();
        Write(folder["one"], query, one, key, value);
        Write(folder["all"], query, all, [.. key, .. key, .. key], [.. value, .. value, .. value]);
        foreach (string name in (string[])["one", "all"])
            CommandResult.Of("attend", folder[name], folder[name + ".out"], "--device", "cpu", "--layout", layout, "--check").AssertDone();

        Assert.AreSequenceEqual(File.ReadAllBytes(folder["all.out"]), File.ReadAllBytes(folder["one.out"]));
    }

    // [batch, rows, head dim] is one head, and a mask of rank 3 then is [batch, queries, keys].
    [TestMethod]
    public void TensorsOfRank3_HaveOneHead()
    {
        float[] query = RandomTensors.Normal<float>(2 * 5 * 64, 7), key = RandomTensors.Normal<float>(2 * 7 * 64, 8),
        value = RandomTensors.Normal<float>(2 * 7 * 64, 9);
        float[] bias = RandomTensors.Normal<float>(2 * 5 * 7, 10);
        using TestFolder folder = new();
        Write(folder["3"], [2, 5, 64], [2, 7, 64], key, value, query, writer => writer.Add<float>("mask", [2, 5, 7], bias));
        Write(folder["4"], [2, 1, 5, 64], [2, 1, 7, 64], key, value, query, writer => writer.Add<float>("mask", [2, 1, 5, 7], bias));
        foreach (string name in (string[])["3", "4"])
            CommandResult.Of("attend", folder[name], folder[name + ".out"], "--device", "cpu", "--capture-map", "--lse", "--check")
                .AssertDone();

        using SafetensorsFile three = SafetensorsFile.Open(folder["3.out"]), four = SafetensorsFile.Open(folder["4.out"]);
        Assert.AreSequenceEqual([2L, 5, 64], three.Tensors["out"].Shape);
        Assert.AreSequenceEqual([2L, 5, 7], three.Tensors["map"].Shape);
        Assert.AreSequenceEqual([2L, 5], three.Tensors["lse"].Shape);
        foreach (string name in (string[])["out", "map", "lse"])
            Assert.AreSequenceEqual(four.Tensors[name].AsSpan<float>().ToArray(), three.Tensors[name].AsSpan<float>().ToArray());
    }

    private static void Write(
        string path, long[] queryShape, long[] keyShape, float[] key, float[] value, float[]? query =
            null, Action<SafetensorsWriter>? more = null)
    {
        using SafetensorsWriter writer = SafetensorsWriter.Create(path);
        writer.Add<float>(
            "q", queryShape, query ?? RandomTensors.Normal<float>((int)queryShape.Aggregate(1L, (left, right) => left * right), 4));
        writer.Add<float>("k", keyShape, key);
        writer.Add<float>("v", keyShape, value);
        more?.Invoke(writer);
        writer.Commit();
    }

    // A file system of its own, of 64 KiB, in a process of its own.
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void AFullDisk_IsNamed_AndLeavesNoFile()
    {
        using TestFolder folder = new();
        Directory.CreateDirectory(folder["disk"]);
        const string Mount = "mount -t tmpfs -o size=64k none \"$1\"";
        CommandResult mount = RunAlone(Mount, folder["disk"]);
        if (mount.Code != 0)
            Assert.Inconclusive($"No small disk can be made here: {mount.Error.Trim()}");
        Write(folder["in"], [1, 1, 512, 64], [1, 1, 4, 64], new float[256], new float[256]);

        CommandResult result = RunAlone(
            Mount + " && shift && { dotnet \"$@\"; code=$?; }; ls -A \"$(dirname \"$4\")\"; exit $code",
            folder["disk"], Path.Combine(AppContext.BaseDirectory, "KernelGen.Samples.dll"), "attend", folder["in"], folder["disk/out"],
            "--device", "cpu");

        Assert.AreEqual(2, result.Code, result.Error);
        Assert.AreEqual($"error: {folder["disk/out"]}: the file cannot be written: there is no space left on its disk.\n", result.Error);
        Assert.AreEqual("", result.Output, "no file is left");
    }

    private static CommandResult RunAlone(string script, params string[] arguments) =>
        ChildProcess.Run("unshare", ["-rm", "sh", "-c", script, "sh", .. arguments]);

    [TestMethod]
    public void CheckOfAPaddingMaskOfLeastNumbers_HasTheBoundOfTheCall()
    {
        float[] bias = [.. Enumerable.Range(0, 2 * 50).Select(i => i < 50 || i % 50 < 37 ? 0f : float.MinValue)];
        using TestFolder folder = new();
        CommandResult result = CommandResult.Of(
            "attend", Input(folder, more: writer => writer.Add<float>("mask", [2, 1, 1, 50], bias)), folder["out"], "--device", "cpu",
            "--check").AssertDone();

        Assert.MatchesRegex(@"\(bound 2\.\de-6\)", result.Output);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [DataRow("-TERM")]
    [DataRow("-HUP")]
    public void ASignalThatEndsTheRun_LeavesNoFile(string signal)
    {
        using TestFolder folder = new();
        using (SafetensorsWriter writer = SafetensorsWriter.Create(folder["in"]))
        {
            // Minutes of work: the signal comes in time on a busy machine, too.
            float[] tensor = new float[4 * 65536 * 64];
            foreach (string name in (string[])["q", "k", "v"])
                writer.Add<float>(name, [1, 4, 65536, 64], tensor);
            writer.Commit();
        }

        // A program keeps ignoring what its parent ignores, as under nohup.
        string application = Path.Combine(AppContext.BaseDirectory, "KernelGen.Samples.dll");
        string[] attend = ["attend", folder["in"], folder["out"], "--device", "cpu", "--threads", "1"];
        using Process process = Process.Start(new ProcessStartInfo("env", ["--default-signal=HUP,TERM", "dotnet", application, .. attend])
        {
            RedirectStandardError = true,
        })!;
        while (!process.HasExited && process.TotalProcessorTime < TimeSpan.FromSeconds(2))
        {
            Thread.Sleep(20);
            process.Refresh();
        }

        using (Process kill = Process.Start("kill", [signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual("error: cancelled; no output was written", error.Trim());
        Assert.AreEqual(130, process.ExitCode);
        Assert.AreSequenceEqual(["in"], folder.Files);
    }
}
