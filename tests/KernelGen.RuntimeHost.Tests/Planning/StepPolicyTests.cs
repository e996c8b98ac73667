using KernelGen.Planning;
using KernelGen.Planning.Policies;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>The corners of power-of-two steps over the query rows.</summary>
[TestClass]
public sealed class StepPolicyTests
{
    [TestMethod]
    public void RowsThatStepsDoNotDivide_LeaveARaggedTail()
    {
        PolicyDecision decision = AtSteps("doggettx", 16641, 64);

        Assert.AreEqual((260, 65L), (decision.RowsPerSlice, decision.Iterations));
    }

    [TestMethod]
    public void RowsJustUnderTwiceTheSteps_TakeOneIterationEach()
    {
        PolicyDecision decision = AtSteps("doggettx", 127, 64);

        Assert.AreEqual((1, 127L), (decision.RowsPerSlice, decision.Iterations));
    }

    [TestMethod]
    public void FewerRowsThanSteps_IsTheOriginalsCrash()
    {
        Assert.AreEqual((PolicyFailure.ZeroRows, 64L), (AtSteps("doggettx", 63, 64).Failure, AtSteps("doggettx", 63, 64).Steps));

        var exception = Assert.ThrowsExactly<SlicePolicyException>(() => PlanningSetup.Plan("doggettx", new(1, 1, 40, 40, 64), 150));
        Assert.AreEqual(("doggettx", PolicyFailure.ZeroRows), (exception.Policy, exception.Failure));
        StringAssert.Contains(exception.Message, "cuts 40 query rows into 64 steps");
        StringAssert.Contains(exception.Message, "the original fails here with a range step of zero");
    }

    [TestMethod]
    [DataRow("doggettx")]
    [DataRow("doggettx-pre-1.5.2")]
    [DataRow("doggettx-vae")]
    [DataRow("comfyui-split")]
    [DataRow("invokeai")]
    public void NoFreeMemory_IsTheOriginalsCrash(string policy)
    {
        var exception = Assert.ThrowsExactly<SlicePolicyException>(() => PlanningSetup.Plan(policy, new(2, 8, 4096, 4096, 40), 0));

        Assert.AreEqual(PolicyFailure.NoFreeMemory, exception.Failure);
        StringAssert.Contains(exception.Message, "free memory, which is 0");
        StringAssert.Contains(exception.Message, "Use the policy exact");
    }

    [TestMethod]
    [DataRow("doggettx-pre-1.5.2")]
    [DataRow("doggettx-vae")]
    [DataRow("comfyui-split")]
    public void OldRule_DoesNotSliceRowsThatStepsDoNotDivide(string policy)
    {
        PolicyDecision decision = AtSteps(policy, 16641, 16);

        Assert.AreEqual((16L, 16641, 1L, SliceAxis.None), (decision.Steps, decision.RowsPerSlice, decision.Iterations, decision.Axis));
    }

    [TestMethod]
    [DataRow("doggettx-pre-1.5.2")]
    [DataRow("comfyui-split")]
    public void OldRule_WithFewerRowsThanSteps_RunsWhole(string policy) =>
        Assert.AreEqual((PolicyFailure.None, 63), (AtSteps(policy, 63, 64).Failure, AtSteps(policy, 63, 64).RowsPerSlice));

    [TestMethod]
    public void VaeBlock_HasNoLimitOnSteps()
    {
        PolicyDecision decision = AtSteps("doggettx-vae", 65536, 4096);

        Assert.AreEqual(
            (PolicyFailure.None, 4096L, 16, 4096L), (decision.Failure, decision.Steps, decision.RowsPerSlice, decision.Iterations));
    }

    [TestMethod]
    public void VaeBlock_CountsTwoAndAHalfForHalfPrecision() =>
        Assert.AreEqual(5L * 16384 * 16384, Decide("doggettx-vae", new(1, 1, 16384, 16384, 512, 2, 1L << 40, 0)).RequiredBytes);

    [TestMethod]
    [DataRow(29, DisplayName = "2^29, where a ratio of natural logarithms is above 29")]
    [DataRow(31, DisplayName = "2^31")]
    [DataRow(39, DisplayName = "2^39")]
    [DataRow(6)]
    [DataRow(1)]
    public void ExactPowersOfTwo_AreNotRoundedUp(int exponent)
    {
        Assert.AreEqual(1L << exponent, PowerOfTwoSteps.For((Int128)3 << exponent, 3));
        Assert.AreEqual(1L << (exponent + 1), PowerOfTwoSteps.For(((Int128)3 << exponent) + 1, 3));
        Assert.AreEqual(1L << exponent, PowerOfTwoSteps.For(((Int128)3 << exponent) - 1, 3));
    }

    [TestMethod]
    public void RequiredEqualToFree_IsOneStep()
    {
        Assert.AreEqual(1L, PowerOfTwoSteps.For(1000, 1000));
        Assert.AreEqual(2L, PowerOfTwoSteps.For(1001, 1000));
    }

    [TestMethod]
    public void SizesBeyond64Bits_Saturate()
    {
        PolicyDecision decision = Decide("doggettx", new(int.MaxValue, 1, int.MaxValue, int.MaxValue, 64, 4, 1, 0));

        Assert.AreEqual((PolicyFailure.TooManySteps, long.MaxValue), (decision.Failure, decision.RequiredBytes));
    }

    [TestMethod]
    public void CrossAttentionToText_IsNotSliced() =>
        Assert.AreEqual(1L, Decide("doggettx", new(16, 8, 16384, 77, 40, 2, 2 * PlanningSetup.GiB, 0)).Steps);

    [TestMethod]
    [DataRow(3, 5, "Need: 2.2GB free, Have:1.2GB free", DisplayName = "2.25 and 1.25 go to the even tenth, as in Python")]
    [DataRow(5, 7, "Need: 3.8GB free, Have:1.8GB free", DisplayName = "3.75 and 1.75 go to the even tenth")]
    public void MemoryInTheError_IsRoundedAsByTheOriginal(int heads, int quarterGibibytes, string expected)
    {
        // A head counts 2^17 x 2^16 scores x 2 bytes x 3, a 64th of which is 0.75 GiB.
        var exception = Assert.ThrowsExactly<AttentionMemoryException>(
            () => PlanningSetup.Plan("doggettx", new(1, heads, 1 << 17, 1 << 16, 64), quarterGibibytes * PlanningSetup.GiB / 4));

        StringAssert.EndsWith(exception.Message, expected);
    }

    [TestMethod]
    public void ComfySplit_AfterOutOfMemory_DoublesItsStepsUpTo64()
    {
        SlicePlan? plan = PlanningSetup.Plan("comfyui-split", new(2, 8, 16384, 16384, 40), 8 * PlanningSetup.GiB);
        List<(long Steps, int Rows)> ladder = [];
        for (; plan is not null; plan = plan.NextAfterOutOfMemory())
            ladder.Add((plan.Decision.Steps, plan.RowsPerSlice));

        Assert.AreSequenceEqual([(4L, 4096), (8L, 2048), (16L, 1024), (32L, 512), (64L, 256)], ladder);
    }

    [TestMethod]
    public void ComfySplit_AfterOutOfMemory_ChangesNothingForRowsThatStepsDoNotDivide()
    {
        SlicePlan plan = PlanningSetup.Plan("comfyui-split", new(2, 8, 16641, 16641, 40), 2 * PlanningSetup.GiB);
        SlicePlan? next = plan.NextAfterOutOfMemory();

        Assert.AreEqual((32L, plan.RowsPerSlice, plan.SliceCount), (next!.Decision.Steps, next.RowsPerSlice, next.SliceCount));
    }

    [TestMethod]
    public void OtherOriginals_GiveUpAfterOutOfMemory()
    {
        foreach (string policy in (string[])["doggettx", "invokeai", "v1", "sub-quadratic", "comfyui-sub-quad", "diffusers"])
            Assert.IsNull(PlanningSetup.Plan(policy, new(2, 8, 16384, 16384, 40), 8 * PlanningSetup.GiB).NextAfterOutOfMemory());
    }

    private static PolicyDecision AtSteps(string policy, int length, int steps)
    {
        double modifier = policy == "doggettx-vae" ? 2.5 : 3;
        long required = (long)(2.0 * length * length * modifier);
        return Decide(policy, new(1, 1, length, length, 64, 2, (required + steps - 1) / steps, 0));
    }

    private static PolicyDecision Decide(string policy, PolicyInput input) => ((PresetPolicy)SlicePolicies.Get(policy)).Decide(input);
}
