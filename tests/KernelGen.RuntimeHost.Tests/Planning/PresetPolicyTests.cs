using KernelGen.Planning;
using KernelGen.Planning.Policies;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>The corners of the presets that do not work in steps.</summary>
[TestClass]
public sealed class PresetPolicyTests
{
    private const long MiB = 1 << 20;

    [TestMethod]
    [DataRow(32, 1, 16, DisplayName = "32 MiB fit 32 MiB")]
    [DataRow(33, 2, 8, DisplayName = "a ratio of 1.0x gives 2")]
    [DataRow(64, 2, 8, DisplayName = "(64 - 1) / 32 is below 2")]
    [DataRow(65, 4, 4, DisplayName = "a ratio of exactly 2 gives 4")]
    [DataRow(512, 16, 1)]
    public void InvokeAiCpu_DividesBy32MiB(int mebibytes, int divisor, int headsPerSlice)
    {
        // 16 heads x 64 keys x 4 bytes: 4 KiB of scores for each query row.
        PolicyDecision decision = Decide("invokeai-cpu", new(16, 8, mebibytes * 256, 64, 64, 4, 0, 0));

        Assert.AreEqual((divisor, headsPerSlice), ((int)decision.Steps, decision.HeadsPerSlice));
    }

    [TestMethod]
    public void InvokeAiCpu_AboveTheHeads_SlicesRowsOfAllHeads()
    {
        PolicyDecision decision = Decide("invokeai-cpu", new(16, 8, 513 * 256, 64, 64, 4, 0, 0));

        Assert.AreEqual(
            (32L, 16, 513 * 256 / 32, SliceAxis.Rows), (decision.Steps, decision.HeadsPerSlice, decision.RowsPerSlice, decision.Axis));
    }

    [TestMethod]
    public void InvokeAi_OverTheBudgetByLessThanOneMebibyte_RunsWhole()
    {
        // 33 MiB of scores against 32.5 MiB: (33 - 1) / 32.5 is below 1.
        PolicyDecision decision = Decide("invokeai", new(16, 8, 33 * 256, 64, 64, 4, (long)(32.5 * 3.3 * MiB), 0));

        Assert.AreEqual((1L, 16, 1L, SliceAxis.None), (decision.Steps, decision.HeadsPerSlice, decision.Iterations, decision.Axis));
    }

    [TestMethod]
    public void InvokeAi_NeverGoesBelowOneRow()
    {
        PolicyDecision decision = Decide("invokeai", new(2, 2, 100, 1 << 20, 64, 4, 1000, 0));

        Assert.AreEqual((2, 1, 100L), (decision.HeadsPerSlice, decision.RowsPerSlice, decision.Iterations));
    }

    [TestMethod]
    public void InvokeAi_WithoutMemory_StillRunsLessThanOneMebibyteWhole() =>
        Assert.AreEqual(PolicyFailure.None, Decide("invokeai", new(1, 1, 128, 128, 64, 4, 0, 0)).Failure);

    [TestMethod]
    public void InvokeAi_HeadsThatTheDivisorDoesNotDivide_TakeMoreIterations()
    {
        // 200 MiB of scores: (200 - 1) / 32 is 6.2, so the divisor is 8, and 12 // 8 heads are one.
        PolicyDecision decision = Decide("invokeai-cpu", new(12, 12, 17067, 256, 64, 4, 0, 0));

        Assert.AreEqual((8L, 1, 12L), (decision.Steps, decision.HeadsPerSlice, decision.Iterations));
    }

    [TestMethod]
    [DataRow(16, 4096, 64, 16, 4096, DisplayName = "2^16 rows of all heads run whole")]
    [DataRow(16, 4097, 64, 16, 4097, DisplayName = "above, 2^30 / rows is longer than the call")]
    [DataRow(12, 10240, 64, 12, 8738, DisplayName = "2^30 / 122880")]
    [DataRow(16, 8192, 64, 16, 8191, DisplayName = "2^30 / 2^17 is a multiple of 4096, so one less")]
    [DataRow(2, 65536, 64, 2, 8191, DisplayName = "the same rows, other heads")]
    [DataRow(16, 16384, 64, 1, 16384, DisplayName = "2^18 rows go one head at a time")]
    [DataRow(16, 16383, 64, 16, 4095, DisplayName = "just below, 2^30 / 262128 is 4096, so one less")]
    [DataRow(32, 4096, 64, 1, 4096, DisplayName = "a multiple of 32 heads goes one at a time")]
    [DataRow(32, 2048, 64, 32, 2048, DisplayName = "a multiple of 32 heads within 2^16 rows runs whole")]
    [DataRow(16, 8192, 31, 1, 8192, DisplayName = "below 32 GiB, one head at a time")]
    [DataRow(16, 8192, 32, 16, 8191, DisplayName = "32 GiB are enough")]
    [DataRow(16, 4096, 16, 16, 4096, DisplayName = "above 8 GiB, 2^16 rows run whole")]
    [DataRow(16, 4096, 8, 1, 4096, DisplayName = "with 8 GiB, always one head at a time")]
    [DataRow(16, 64, 8, 1, 64, DisplayName = "with 8 GiB, small ones too")]
    public void InvokeAiMps_DecidesByRowsAndMachine(int heads, int length, int totalGibibytes, int headsPerSlice, int rowsPerSlice)
    {
        PolicyDecision decision = Decide("invokeai-mps", new(heads, heads, length, length, 64, 2, 1, totalGibibytes * PlanningSetup.GiB));

        Assert.AreEqual((headsPerSlice, rowsPerSlice), (decision.HeadsPerSlice, decision.RowsPerSlice));
    }

    [TestMethod]
    public void InvokeAiMps_CountsTheMachineInWholeGibibytes() =>
        Assert.AreEqual(1, Decide("invokeai-mps", new(16, 8, 64, 64, 64, 2, 1, (9 * PlanningSetup.GiB) - 1)).HeadsPerSlice);

    [TestMethod]
    [DataRow(16, 2, 8L)]
    [DataRow(15, 2, 8L)]
    [DataRow(1, 1, 1L)]
    public void V1_TakesTwoHeadsAtATime(int heads, int headsPerSlice, long iterations)
    {
        PolicyDecision decision = Decide("v1", new(heads, heads, 65536, 65536, 64, 2, 0, 0));

        Assert.AreEqual((headsPerSlice, 65536, iterations), (decision.HeadsPerSlice, decision.RowsPerSlice, decision.Iterations));
    }

    [TestMethod]
    public void SubQuadratic_WithinSevenTenthsOfFree_TakesAllKeysBut1024RowsAllTheSame()
    {
        // 16 x 4096 x 4096 x 2 bytes are 2^29; 0.7 of this free memory is just as much.
        long free = (long)Math.Ceiling((1L << 29) / 0.7);
        PolicyDecision decision = Decide("sub-quadratic", new(16, 8, 4096, 4096, 40, 2, free, 0));

        Assert.AreEqual(
            (1024, 4096, 4L, SliceAxis.Rows), (decision.RowsPerSlice, decision.KeysPerSlice, decision.Iterations, decision.Axis));
    }

    [TestMethod]
    public void SubQuadratic_Above_TakesAsManyKeysAsFillItWithKeysAndValues()
    {
        // int(0.7 * 2^28) / (16 heads x 2 bytes x (40 + 40)) = 187904819 / 2560 keys: more than there are, which is one chunk.
        Assert.AreEqual(4096, Decide("sub-quadratic", new(16, 8, 4096, 4096, 40, 2, 1L << 28, 0)).KeysPerSlice);

        // int(0.7 * 2^20) / 2560 = 286 keys, more than sqrt(4096).
        Assert.AreEqual(286, Decide("sub-quadratic", new(16, 8, 4096, 4096, 40, 2, 1L << 20, 0)).KeysPerSlice);

        // int(0.7 * 2^17) / 2560 = 35 keys, fewer than sqrt(4096).
        PolicyDecision decision = Decide("sub-quadratic", new(16, 8, 4096, 4096, 40, 2, 1L << 17, 0));
        Assert.AreEqual((64, SliceAxis.RowsAndKeys, 4L, 256L), (decision.KeysPerSlice, decision.Axis, decision.Steps, decision.Iterations));
    }

    [TestMethod]
    public void SubQuadratic_WithoutMemory_DoesNotCrash() =>
        Assert.AreEqual(64, Decide("sub-quadratic", new(16, 8, 4096, 4096, 40, 2, 0, 0)).KeysPerSlice);

    [TestMethod]
    public void ComfySubQuad_Rejecting256Rows_Takes512()
    {
        PolicyDecision decision = Decide("comfyui-sub-quad", new(16, 8, 65536, 65536, 40, 2, 1L << 30, 0));

        Assert.AreEqual((512, 256, SliceAxis.RowsAndKeys), (decision.RowsPerSlice, decision.KeysPerSlice, decision.Axis));
    }

    [TestMethod]
    [DataRow("diffusers", 8, 2, 4, 4L, DisplayName = "half of a batch item's heads: two batch items make four slices")]
    [DataRow("diffusers:max", 8, 2, 1, 16L)]
    [DataRow("diffusers:3", 8, 2, 3, 6L, DisplayName = "the last slice is smaller")]
    [DataRow("diffusers:8", 8, 2, 8, 2L)]
    [DataRow("diffusers", 5, 1, 2, 3L)]
    public void Diffusers_TakesAFixedNumberOfHeads(string policy, int heads, int batch, int headsPerSlice, long iterations)
    {
        PolicyDecision decision = Decide(policy, new(heads * batch, heads, 4096, 4096, 40, 2, 0, 0));

        Assert.AreEqual((headsPerSlice, iterations, iterations), (decision.HeadsPerSlice, decision.Steps, decision.Iterations));
    }

    [TestMethod]
    public void Diffusers_WithOneHead_IsTheOriginalsCrash()
    {
        var exception =
            Assert.ThrowsExactly<SlicePolicyException>(
                () => PlanningSetup.Plan("diffusers", new(1, 1, 4096, 4096, 512), PlanningSetup.GiB));

        Assert.AreEqual(PolicyFailure.ZeroHeads, exception.Failure);
        StringAssert.Contains(exception.Message, "half of 1 heads");
    }

    [TestMethod]
    public void Diffusers_WithMoreThanAllHeads_IsRefusedAsByTheOriginal()
    {
        var exception =
            Assert.ThrowsExactly<SlicePolicyException>(
                () => PlanningSetup.Plan("diffusers:9", new(2, 8, 4096, 4096, 40), PlanningSetup.GiB));

        Assert.AreEqual(PolicyFailure.MoreThanAllHeads, exception.Failure);
        StringAssert.Contains(exception.Message, "asked for 9 heads a slice");
        StringAssert.Contains(exception.Message, "the 8 heads of the model");
    }

    [TestMethod]
    [DataRow("fastest")]
    [DataRow("Exact")]
    [DataRow("diffusers:0")]
    [DataRow("diffusers:-1")]
    [DataRow("diffusers:auto")]
    [DataRow("")]
    [DataRow(null)]
    public void UnknownPolicy_IsAnErrorThatListsAll(string? name)
    {
        var exception = Assert.ThrowsExactly<ArgumentException>(() => SlicePolicies.Get(name!));

        StringAssert.Contains(exception.Message, $"\"{name}\"");
        foreach (string known in SlicePolicies.Names)
            StringAssert.Contains(exception.Message, known);

        StringAssert.Contains(exception.Message, "diffusers:N");
    }

    [TestMethod]
    public void Policies_AreFoundByTheirNames()
    {
        Assert.AreSequenceEqual(
            [
                "exact", "doggettx", "doggettx-pre-1.5.2", "doggettx-vae", "v1", "invokeai", "invokeai-cpu", "invokeai-mps",
                "sub-quadratic",
                "comfyui-split", "comfyui-sub-quad", "diffusers", "diffusers:max",
            ],
            SlicePolicies.Names);
        foreach (SlicePolicy policy in SlicePolicies.All)
            Assert.AreSame(policy, SlicePolicies.Get(policy.Name));

        Assert.AreEqual("diffusers:4", SlicePolicies.Get("diffusers:4").Name);
    }

    private static PolicyDecision Decide(string policy, PolicyInput input) => ((PresetPolicy)SlicePolicies.Get(policy)).Decide(input);
}
