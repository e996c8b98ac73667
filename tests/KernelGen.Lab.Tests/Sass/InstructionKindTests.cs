using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Sass;

[TestClass]
public sealed class InstructionKindTests
{
    [TestMethod]
    [DataRow("HGMMA.64x64x16.F32 R24, gdesc[UR4], R24", InstructionKind.MatrixProduct)]
    [DataRow("IMAD.MOV.U32 R0, RZ, RZ, R1", InstructionKind.MoveByMultiplyAdd)]
    [DataRow("IMAD.WIDE R2, R0, R1, R2", InstructionKind.IntegerMultiplyAdd)]
    [DataRow("HADD2.F32 R0, -RZ, R1.H0_H0", InstructionKind.Conversion)]
    [DataRow("HADD2 R0, R1, R2", InstructionKind.HalfArithmetic)]
    [DataRow("WARPGROUP.DEPBAR.LE gsb0, 0x1", InstructionKind.ProductWait)]
    [DataRow("WARPGROUP.ARRIVE", InstructionKind.ProductFence)]
    [DataRow("DEPBAR.LE SB0, 0x1", InstructionKind.Fence)]
    [DataRow("R2UR UR4, R0", InstructionKind.ToUniform)]
    [DataRow("UIADD3 UR4, UR4, 0x1, URZ", InstructionKind.Uniform)]
    [DataRow("UTMALDG.4D [UR8], [UR4]", InstructionKind.TensorCopy)]
    [DataRow("SYNCS.ARRIVE.TRANS64.A1T0 RZ, [UR4], RZ", InstructionKind.MemoryBarrier)]
    [DataRow("LDGDEPBAR", InstructionKind.Fence)]
    [DataRow("SOMETHINGNEW R0", InstructionKind.Other)]
    public void Kinds_follow_from_mnemonics(string text, InstructionKind kind) =>
        Assert.AreEqual(kind, Listing.Function(text, "sm_90a").Instructions[0].Kind);

    [TestMethod]
    [DataRow("HMMA.16816.F32.BF16 R4, R8, R10, R4", "m16n8k16")]
    [DataRow("HMMA.1688.F32 R4, R8, R10, R4", "m16n8k8")]
    [DataRow("HGMMA.64x176x16.F32 R24, gdesc[UR4], R24", "m64n176k16")]
    public void Products_have_shapes(string text, string shape) =>
        Assert.AreEqual(shape, MatrixProduct.Of(Listing.Function(text, "sm_90a").Instructions[0]).ToString());
}
