using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Sass;

[TestClass]
public sealed class SassTextTests
{
    [TestMethod]
    public void An_instruction_has_guard_opcode_and_operands()
    {
        SassInstruction instruction = Listing.Function("@!P1 IADD3 R3, R3, -R8.reuse, RZ").Instructions.Single();

        Assert.AreEqual("@!P1", instruction.Guard);
        Assert.AreEqual("IADD3", instruction.Opcode);
        Assert.AreEqual("R3, R3, -R8, RZ", instruction.Operands);
        Assert.AreEqual("00000 @!P1 IADD3 R3, R3, -R8, RZ", instruction.ToString());
    }

    [TestMethod]
    public void Functions_are_told_apart_and_know_what_they_are_compiled_for()
    {
        string text = Listing.Of("sm_90a", "first", "EXIT") + Listing.Of("sm_90a", "second", "NOP\nEXIT");

        IReadOnlyList<SassFunction> functions = SassText.Parse(text);

        CollectionAssert.AreEqual(new[] { "first", "second" }, functions.Select(function => function.Name).ToArray());
        CollectionAssert.AreEqual(new[] { 1, 2 }, functions.Select(function => function.Instructions.Count).ToArray());
        Assert.IsTrue(functions.All(function => function.ComputeCapability == 90));
    }

    [TestMethod]
    public void A_branch_goes_to_the_address_of_its_label()
    {
        SassFunction function = Listing.Function(
            """
            .L_x_0:
            NOP
            @P0 BRA `(.L_x_0)
            BRA `(.L_x_1)
            NOP
            .L_x_1:
            EXIT
            """);

        CollectionAssert.AreEqual(new[] { 0 }, function.Instructions[1].Targets.ToArray());
        CollectionAssert.AreEqual(new[] { 64 }, function.Instructions[2].Targets.ToArray());
        Assert.AreEqual("0x40", function.Instructions[2].Operands);
        Assert.IsTrue(function.Instructions[1].IsConditional);
        Assert.IsFalse(function.Instructions[2].IsConditional);
    }

    [TestMethod]
    public void A_jump_table_goes_to_all_its_labels()
    {
        SassFunction function = Listing.Function(
            """
            BRXU UR6 -0x10      (*"BRANCH_TARGETS .L_x_1,.L_x_2"*)
            .L_x_1:
            NOP
            .L_x_2:
            EXIT
            """,
            "sm_120");

        CollectionAssert.AreEqual(new[] { 16, 32 }, function.Instructions[0].Targets.ToArray());
    }

    [TestMethod]
    public void Only_branches_have_targets()
    {
        SassFunction function = Listing.Function(
            """
            BSSY B0, `(.L_x_1)
            CALL.REL.NOINC `(.L_x_1)
            .L_x_1:
            EXIT
            """);

        Assert.IsTrue(function.Instructions.All(instruction => instruction.Targets.Count == 0));
    }

    [TestMethod]
    [DataRow("BRA.U UP0, `(.L_x_0)")]
    [DataRow("BRA.DIV UR4, `(.L_x_0)")]
    [DataRow("BRA !P3, `(.L_x_0)")]
    public void A_predicate_among_the_operands_makes_a_branch_conditional(string branch) =>
        Assert.IsTrue(Listing.Function(".L_x_0:\n" + branch).Instructions[0].IsConditional);

    [TestMethod]
    [DataRow("LDS.128 R4, [R2]", 16)]
    [DataRow("STG.E.64 desc[UR4][R2.64], R4", 8)]
    [DataRow("LDSM.16.M88.4 R4, [R2]", 16)]
    [DataRow("LDSM.16.MT88.2 R4, [R2]", 8)]
    [DataRow("LDSM.16.M88 R4, [R2]", 4)]
    [DataRow("LDGSTS.E.BYPASS.128 [R3], desc[UR4][R2.64]", 16)]
    [DataRow("LDG.E.U16 R4, desc[UR4][R2.64]", 4)]
    [DataRow("LDL R4, [R1]", 4)]
    public void Bytes_of_a_lane_follow_from_modifiers(string text, int bytes) =>
        Assert.AreEqual(bytes, Listing.Function(text).Instructions[0].BytesOfLane);

    [TestMethod]
    public void A_listing_without_a_target_is_refused() =>
        Assert.ThrowsExactly<FormatException>(
            () => SassText.Parse("\t.section\t.text.kernel,\"ax\",@progbits\n        /*0000*/                   EXIT ;\n"));
}
