using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Sass;

[TestClass]
public sealed class FlowGraphTests
{
    [TestMethod]
    public void Code_without_branches_is_one_block_without_a_loop()
    {
        FlowGraph graph = new(Listing.Function("NOP\nNOP\nEXIT"));

        Assert.HasCount(1, graph.Blocks);
        Assert.IsEmpty(graph.Loops);
        Assert.IsEmpty(graph.Blocks[0].Successors);
    }

    [TestMethod]
    public void A_guarded_exit_may_fall_through()
    {
        FlowGraph graph = new(Listing.Function("@P0 EXIT\nNOP\nEXIT"));

        CollectionAssert.AreEqual(new[] { 1 }, graph.Blocks[0].Successors.ToArray());
    }

    [TestMethod]
    public void Loops_are_found_inside_one_another()
    {
        FlowGraph graph = new(Listing.Function(
            """
            .L_x_0:
            NOP
            .L_x_1:
            NOP
            @P0 BRA `(.L_x_1)
            @P1 BRA `(.L_x_0)
            EXIT
            """));

        NaturalLoop outer = graph.Loops.Single(loop => loop.Header == 0);
        NaturalLoop inner = graph.Loops.Single(loop => loop.Header == 1);
        CollectionAssert.AreEquivalent(new[] { 0, 1, 2 }, outer.Blocks.ToArray());
        CollectionAssert.AreEquivalent(new[] { 1 }, inner.Blocks.ToArray());
    }

    [TestMethod]
    public void Code_that_nothing_leads_to_is_no_loop()
    {
        FlowGraph graph = new(Listing.Function(
            """
            EXIT
            .L_x_0:
            BRA `(.L_x_0)
            """));

        Assert.IsEmpty(graph.Loops);
    }
}
