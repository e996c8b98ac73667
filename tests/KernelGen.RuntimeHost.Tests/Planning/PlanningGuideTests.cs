using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>The numbers of <c>docs/02-how-planning-works.md</c>. Workspace is that of scores, without the scratch of workers.</summary>
[TestClass]
public sealed class PlanningGuideTests
{
    private const long MiB = 1 << 20;

    /// <summary>Stable Diffusion 1.5, 1024 x 1024, the first attention layer.</summary>
    private static readonly AttentionShape Shape = new(2, 8, 16384, 16384, 40);

    [TestMethod]
    [DataRow("doggettx", 16, 16, 1024, 16, 1024)]
    [DataRow("doggettx-pre-1.5.2", 16, 16, 1024, 16, 1024)]
    [DataRow("doggettx-vae", 16, 16, 1024, 16, 1024)]
    [DataRow("v1", 8, 2, 16384, 8, 2048)]
    [DataRow("invokeai", 16, 1, 16384, 16, 1024)]
    [DataRow("invokeai-cpu", 256, 16, 64, 256, 128)]
    [DataRow("invokeai-mps", 16, 1, 16384, 16, 1024)]
    [DataRow("sub-quadratic", 16, 16, 1024, 16, 1024)]
    [DataRow("comfyui-split", 16, 16, 1024, 16, 1024)]
    [DataRow("comfyui-sub-quad", 16, 16, 1024, 16, 1024)]
    [DataRow("diffusers", 4, 4, 16384, 4, 4096)]
    [DataRow("diffusers:max", 16, 1, 16384, 16, 1024)]
    public void WorkedExample(string policy, int steps, int heads, int rows, int slices, int scoreMebibytes)
    {
        SlicePlan plan = PlanningSetup.Plan(policy, Shape, 2 * PlanningSetup.GiB);

        Assert.AreEqual((steps, heads, rows, slices), ((int)plan.Decision.Steps, plan.HeadsPerSlice, plan.RowsPerSlice, plan.SliceCount));
        Assert.AreEqual(scoreMebibytes * MiB, ScoreBytes(plan));
    }

    [TestMethod]
    public void Exact_TakesStreamingScratchOnly()
    {
        SlicePlan plan = PlanningSetup.Plan(Shape, 2 * PlanningSetup.GiB);

        Assert.AreEqual(
            (KernelFamily.Streaming, 16, 16384, 1), (plan.Variant.Family, plan.HeadsPerSlice, plan.RowsPerSlice, plan.SliceCount));
    }

    [TestMethod]
    public void ExactWithTheMap_UsesTheMemoryThereIs()
    {
        SlicePlan plan = PlanningSetup.Plan(Shape, 2 * PlanningSetup.GiB, new() { CaptureMap = true });

        Assert.AreEqual(
            ("materialized-cpu-f16-d40-r2048", 16, 1664, 10, 1664 * MiB),
            (plan.Variant.Id, plan.HeadsPerSlice, plan.RowsPerSlice, plan.SliceCount, ScoreBytes(plan)));
        Assert.AreSequenceEqual([.. Enumerable.Repeat(1664, 8), 1536, 1536], PlanningSetup.Slices(plan).Select(slice => slice.RowCount));
    }

    [TestMethod]
    public void OldRule_At1032Square_TakesTheWholeMatrix()
    {
        AttentionShape odd = new(2, 8, 16641, 16641, 40);
        SlicePlan old = PlanningSetup.Plan("doggettx-pre-1.5.2", odd, 2 * PlanningSetup.GiB);
        SlicePlan now = PlanningSetup.Plan("doggettx", odd, 2 * PlanningSetup.GiB);

        Assert.AreEqual((1, 17038, false), (old.SliceCount, (int)(ScoreBytes(old) / MiB), old.FitsBudget));
        Assert.AreEqual((17, 1170, true), (now.SliceCount, (int)(ScoreBytes(now) / MiB), now.FitsBudget));
    }

    [TestMethod]
    [DataRow("diffusers", 11624)]
    [DataRow("v1", 16344)]
    [DataRow("doggettx", 36900)]
    [DataRow("comfyui-split", 36864)]
    [DataRow("exact", 435728)]
    public void LargestLength_At2GiB(string policy, int length) => Assert.AreEqual(length, SlicePlanner.LargestLength(
        Shape, ElementType.Float16, PlanningSetup.All(ElementType.Float16, 40), PlanningSetup.Device,
        PlanningSetup.Free(2 * PlanningSetup.GiB),
        new() { Policy = policy }));

    [TestMethod]
    public void StepOfDoggettx_CountsMoreThanItTakes()
    {
        SlicePlan plan = PlanningSetup.Plan("doggettx", Shape, 2 * PlanningSetup.GiB);

        Assert.AreEqual(1536 * MiB, plan.Decision.RequiredBytes / plan.Decision.Steps);
        Assert.AreEqual(24 * PlanningSetup.GiB, plan.Decision.RequiredBytes);
        Assert.AreEqual(1024 * MiB, ScoreBytes(plan));
    }

    private static long ScoreBytes(SlicePlan plan) =>
        plan.Variant.Footprint.ScoreBytes(plan.HeadsPerSlice, plan.RowsPerSlice, plan.Shape.Keys);
}
