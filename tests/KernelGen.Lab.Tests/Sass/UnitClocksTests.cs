using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Sass;

[TestClass]
public sealed class UnitClocksTests
{
    [TestMethod]
    [DataRow("sm_80", 8)]
    [DataRow("sm_86", 32)]
    [DataRow("sm_89", 32)]
    [DataRow("sm_90", 8)]
    [DataRow("sm_100", 8)]
    [DataRow("sm_120", 32)]
    public void A_product_of_a_warp_takes_what_its_tensor_cores_give(string architecture, double clocks) =>
        Assert.AreEqual(clocks, Of("HMMA.16816.F32 R4, R8, R10, R4", architecture)[ExecutionUnit.Tensor]);

    [TestMethod]
    public void A_product_of_half_the_depth_takes_half() =>
        Assert.AreEqual(4, Of("HMMA.1688.F32 R4, R8, R10, R4")[ExecutionUnit.Tensor]);

    [TestMethod]
    public void A_product_of_a_warpgroup_reads_its_operands_from_shared_memory()
    {
        UnitClocks both = Of("HGMMA.64x128x16.F32 R24, gdesc[UR4], !UPT, gsb0", "sm_90a");
        UnitClocks registers = Of("HGMMA.64x128x16.F32 R24, R8, gdesc[UR4], R24", "sm_90a");

        Assert.AreEqual(64, both[ExecutionUnit.Tensor]);
        Assert.AreEqual(64, registers[ExecutionUnit.Tensor]);
        Assert.AreEqual((128 + 64) * 16 * 2 / 128.0, both[ExecutionUnit.Smem]);
        Assert.AreEqual(128 * 16 * 2 / 128.0, registers[ExecutionUnit.Smem]);
    }

    [TestMethod]
    [DataRow("MUFU.EX2 R0, R1", ExecutionUnit.Mufu, 8)]
    [DataRow("F2I.FTZ.U32.TRUNC.NTZ R7, R3", ExecutionUnit.Mufu, 8)]
    [DataRow("FMNMX R0, R1, R2, !PT", ExecutionUnit.Alu, 2)]
    [DataRow("F2FP.F16.F32.PACK_AB R0, R1, R2", ExecutionUnit.Alu, 2)]
    [DataRow("HADD2.F32 R0, -RZ, R1.H0_H0", ExecutionUnit.Alu, 2)]
    [DataRow("MOV R0, R1", ExecutionUnit.Alu, 2)]
    [DataRow("LDS.128 R0, [R4]", ExecutionUnit.Smem, 16)]
    [DataRow("LDSM.16.M88.4 R0, [R4]", ExecutionUnit.Lsu, 16)]
    [DataRow("LDL.64 R0, [R4]", ExecutionUnit.Lsu, 8)]
    [DataRow("LDL.64 R0, [R4]", ExecutionUnit.Smem, 0)]
    [DataRow("SHFL.BFLY PT, R0, R1, 0x1, 0x1f", ExecutionUnit.Lsu, 4)]
    [DataRow("CS2R R0, SRZ", ExecutionUnit.Alu, 0)]
    public void Each_kind_takes_its_unit(string instruction, ExecutionUnit unit, double clocks) =>
        Assert.AreEqual(clocks, Of(instruction)[unit]);

    [TestMethod]
    [DataRow("sm_75", 6)]
    [DataRow("sm_80", 6)]
    [DataRow("sm_86", 3)]
    [DataRow("sm_90a", 3)]
    public void Floats_run_at_full_rate_from_8_6_on(string architecture, double clocks) =>
        Assert.AreEqual(clocks, Of("FFMA R0, R1, R2, R0\nFADD R0, R0, R1\nIMAD.MOV.U32 R0, RZ, RZ, R1", architecture)[ExecutionUnit.Fma]);

    [TestMethod]
    public void Integer_products_have_half_of_the_pipes() =>
        Assert.AreEqual(4, Of("2 x IMAD R0, R1, R2, R0\nFADD R0, R0, R1", "sm_86")[ExecutionUnit.Fma]);

    [TestMethod]
    public void Every_instruction_takes_an_issue_slot_but_no_operation()
    {
        UnitClocks clocks = Of("3 x IADD3 R0, R0, R1, RZ\n5 x NOP");

        Assert.AreEqual(3, clocks[ExecutionUnit.Issue]);
        Assert.AreEqual(ExecutionUnit.Alu, clocks.Bound);
    }

    [TestMethod]
    public void The_tensor_cores_share_of_the_time_is_what_the_bound_leaves()
    {
        UnitClocks clocks = Of("HMMA.16816.F32 R4, R8, R10, R4\n2 x MUFU.EX2 R0, R1");

        Assert.AreEqual(ExecutionUnit.Mufu, clocks.Bound);
        Assert.AreEqual(0.5, clocks.TensorShare);
    }

    private static UnitClocks Of(string code, string architecture = "sm_80")
    {
        SassFunction function = Listing.Function(code, architecture);
        return UnitClocks.Of(function.Instructions, function.ComputeCapability);
    }
}
