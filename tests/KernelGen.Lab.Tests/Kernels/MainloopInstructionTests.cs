using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Kernels;

/// <summary>
/// Instructions once round the mainloop of plain tiles. The bounds are for NVRTC 13.0; on Hopper they are below what FlashAttention 3 takes
/// from head dim 96 up.
/// </summary>
[TestClass]
public sealed class MainloopInstructionTests
{
    private const int Hopper = 90;

    [TestMethod]
    [DataRow("d40-r192", 465)]
    [DataRow("d64-r192", 465)]
    [DataRow("d80-r192", 395)]
    [DataRow("d96-r128", 575)]
    [DataRow("d128-r128", 545)]
    [DataRow("d160-r128", 480)]
    [DataRow("d192-r128", 410)]
    [DataRow("d256-r128", 385)]
    [MemberCondition(typeof(Compiled), nameof(Compiled.HasDisassembler), IgnoreMessage = Compiled.NoDisassembler)]
    public void Hopper_kernels_take_few(string kernel, int most) => HasAtMost(most, "streaming-sm90a-f16-" + kernel, Hopper);

    [TestMethod]
    [DataRow("d40-r128", 565)]
    [DataRow("d64-r128", 635)]
    [DataRow("d80-r128", 675)]
    [DataRow("d112-r128", 805)]
    [DataRow("d128-r128", 880)]
    [DataRow("d160-r64", 605)]
    [DataRow("d256-r64", 775)]
    [DataRow("d512-r32", 740)]
    [MemberCondition(typeof(Compiled), nameof(Compiled.HasDisassembler), IgnoreMessage = Compiled.NoDisassembler)]
    public void Ampere_kernels_take_few(string kernel, int most) => HasAtMost(most, "streaming-sm80-f16-" + kernel, 80);

    [TestMethod]
    [DataRow("d40-r128", 585)]
    [DataRow("d64-r128", 660)]
    [DataRow("d80-r128", 770)]
    [DataRow("d112-r128", 915)]
    [DataRow("d128-r128", 975)]
    [DataRow("d160-r64", 640)]
    [DataRow("d256-r64", 845)]
    [DataRow("d512-r32", 645)]
    [MemberCondition(typeof(Compiled), nameof(Compiled.HasDisassembler), IgnoreMessage = Compiled.NoDisassembler)]
    public void The_same_kernels_take_few_on_consumer_Blackwell(string kernel, int most) =>
        HasAtMost(most, "streaming-sm80-f16-" + kernel, 120);

    [TestMethod]
    [DataRow("d64-r192")]
    [DataRow("d80-r192")]
    [DataRow("d96-r128")]
    [DataRow("d128-r128")]
    [DataRow("d160-r128")]
    [DataRow("d192-r128")]
    [DataRow("d256-r128")]
    [DataRow("d512-r64")]
    [MemberCondition(typeof(Compiled), nameof(Compiled.HasDisassembler), IgnoreMessage = Compiled.NoDisassembler)]
    public void Tensor_cores_bound_Hopper_kernels_from_head_dim_64_up(string kernel) =>
        Assert.AreEqual(ExecutionUnit.Tensor, Compiled.Mainloop("streaming-sm90a-f16-" + kernel, Hopper).Clocks.Bound);

    [TestMethod]
    [DataRow("d40-r192")]
    [DataRow("d64-r64")]
    [DataRow("d64-r192")]
    [DataRow("d80-r192")]
    [DataRow("d96-r128")]
    [DataRow("d128-r128")]
    [DataRow("d160-r128")]
    [DataRow("d192-r128")]
    [DataRow("d256-r128")]
    [MemberCondition(typeof(Compiled), nameof(Compiled.HasDisassembler), IgnoreMessage = Compiled.NoDisassembler)]
    public void All_of_softmax_runs_beside_products_of_its_own_warpgroup(string kernel)
    {
        ProductOverlap overlap = Compiled.Mainloop("streaming-sm90a-f16-" + kernel, Hopper).Overlap;

        Assert.IsTrue(overlap.IsWhole, overlap.ToString());
    }

    [TestMethod]
    [MemberCondition(typeof(Compiled), nameof(Compiled.HasDisassembler), IgnoreMessage = Compiled.NoDisassembler)]
    public void The_wide_kernel_waits_eight_times_for_forty_products()
    {
        const string Kernel = "streaming-sm90a-f16-d512-r64";
        Mainloop mainloop = Compiled.Mainloop(Kernel, Hopper);

        Assert.AreEqual(40, mainloop.Products);
        Assert.IsLessThanOrEqualTo(8, mainloop.ProductWaits);
        HasAtMost(930, Kernel, Hopper);
    }

    private static void HasAtMost(int most, string kernel, int computeCapability) =>
        Assert.IsLessThanOrEqualTo(most, Compiled.Mainloop(kernel, computeCapability).Path.Count, $"{kernel} on {computeCapability}");
}
