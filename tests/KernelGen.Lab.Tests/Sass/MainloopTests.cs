using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Sass;

[TestClass]
public sealed class MainloopTests
{
    private const string Product = "HMMA.16816.F32 R4, R8, R10, R4";

    [TestMethod]
    public void A_function_without_a_loop_has_none() =>
        Assert.IsNull(Mainloop.Find(Listing.Function(Product + "\nEXIT")));

    [TestMethod]
    public void A_loop_without_products_is_none() =>
        Assert.IsNull(Mainloop.Find(Listing.Function(".L_x_0:\nIADD3 R0, R0, R1, RZ\n@P0 BRA `(.L_x_0)\nEXIT")));

    [TestMethod]
    public void The_loop_with_the_most_products_is_taken()
    {
        Mainloop mainloop = Listing.Mainloop(
            $"""
            .L_x_0:
            2 x {Product}
            @P0 BRA `(.L_x_0)
            .L_x_1:
            4 x {Product}
            30 x IADD3 R0, R0, R1, RZ
            @P0 BRA `(.L_x_1)
            EXIT
            """);

        Assert.AreEqual(4, mainloop.Products);
        Assert.HasCount(35, mainloop.Path);
    }

    [TestMethod]
    public void Of_loops_with_as_many_products_that_of_plain_tiles_is_the_shortest()
    {
        Mainloop mainloop = Listing.Mainloop(
            $"""
            .L_x_0:
            4 x {Product}
            9 x ISETP.GE.AND P0, PT, R0, R1, PT
            @P0 BRA `(.L_x_0)
            .L_x_1:
            4 x {Product}
            2 x FADD R0, R0, R1
            @P0 BRA `(.L_x_1)
            EXIT
            """);

        Assert.HasCount(7, mainloop.Path);
        Assert.AreEqual(2, mainloop.Count(InstructionKind.FloatAdd));
    }

    [TestMethod]
    public void The_loop_over_tiles_is_taken_not_that_over_heads_around_it()
    {
        Mainloop mainloop = Listing.Mainloop(
            $"""
            .L_x_0:
            {Product}
            .L_x_1:
            2 x {Product}
            @P0 BRA `(.L_x_1)
            @P1 BRA `(.L_x_0)
            EXIT
            """);

        Assert.AreEqual(2, mainloop.Products);
    }

    [TestMethod]
    public void Rare_ways_are_not_on_the_hot_path()
    {
        Mainloop mainloop = Listing.Mainloop(
            $"""
            .L_x_0:
            {Product}
            @P0 BRA `(.L_x_2)
            .L_x_1:
            FADD R0, R0, R1
            @P1 BRA `(.L_x_0)
            EXIT
            .L_x_2:
            5 x STL [R1], R0
            BRA `(.L_x_1)
            """);

        Assert.HasCount(4, mainloop.Path);
        Assert.AreEqual(10, mainloop.LoopInstructions);
        Assert.AreEqual(0, mainloop.LocalAccesses);
    }

    [TestMethod]
    public void The_way_with_copies_of_the_next_tile_is_the_hot_one_although_it_is_longer()
    {
        Mainloop mainloop = Listing.Mainloop(
            $"""
            .L_x_0:
            {Product}
            @P0 BRA `(.L_x_1)
            IADD3 R2, R2, 0x10, RZ
            LDGSTS.E.BYPASS.128 [R3], desc[UR4][R2.64]
            .L_x_1:
            @P1 BRA `(.L_x_0)
            EXIT
            """);

        Assert.AreEqual(1, mainloop.Count(InstructionKind.AsyncCopy));
        Assert.HasCount(5, mainloop.Path);
    }

    [TestMethod]
    public void A_loop_that_waits_inside_the_mainloop_is_passed_once()
    {
        Mainloop mainloop = Listing.Mainloop(
            $"""
            .L_x_0:
            {Product}
            .L_x_1:
            SYNCS.PHASECHK.TRANS64.TRYWAIT P0, [UR4], R0
            @!P0 BRA `(.L_x_1)
            FADD R0, R0, R1
            @P1 BRA `(.L_x_0)
            EXIT
            """);

        Assert.AreEqual(1, mainloop.Count(InstructionKind.MemoryBarrier));
        Assert.HasCount(5, mainloop.Path);
    }

    [TestMethod]
    public void Without_tensor_cores_multiply_adds_are_the_products()
    {
        Mainloop mainloop = Listing.Mainloop(
            """
            .L_x_0:
            8 x FFMA R0, R1, R2, R0
            @P0 BRA `(.L_x_0)
            EXIT
            """,
            "sm_75");

        Assert.AreEqual(8, mainloop.Products);
        Assert.AreEqual(ExecutionUnit.Fma, mainloop.Clocks.Bound);
    }

    [TestMethod]
    public void Local_memory_once_round_is_counted()
    {
        Mainloop mainloop = Listing.Mainloop(
            $"""
            STL [R1], R0
            .L_x_0:
            {Product}
            LDL R0, [R1]
            STL.64 [R1+0x8], R2
            @P0 BRA `(.L_x_0)
            LDL R0, [R1]
            EXIT
            """);

        Assert.AreEqual(2, mainloop.LocalAccesses);
    }

    [TestMethod]
    [DataRow(4, true)]
    [DataRow(2, false)]
    public void Products_that_are_waited_for_one_by_one_are_serialized(int waits, bool serialized)
    {
        Mainloop mainloop = Listing.Mainloop(
            $"""
            .L_x_0:
            4 x HGMMA.64x64x16.F32 R24, gdesc[UR4], R24, gsb0
            {waits} x WARPGROUP.DEPBAR.LE gsb0, 0x0
            @P0 BRA `(.L_x_0)
            EXIT
            """,
            "sm_90a");

        Assert.AreEqual(waits, mainloop.ProductWaits);
        Assert.AreEqual(serialized, mainloop.IsSerialized);
    }
}
