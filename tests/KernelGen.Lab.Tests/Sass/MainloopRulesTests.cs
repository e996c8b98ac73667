using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Sass;

[TestClass]
public sealed class MainloopRulesTests
{
    [TestMethod]
    [DataRow(0, false, 0, DisplayName = "no local access")]
    [DataRow(1, false, 1, DisplayName = "one where issue is the bound")]
    [DataRow(12, true, 0, DisplayName = "a dozen, with masks")]
    [DataRow(13, true, 1, DisplayName = "one more, with masks")]
    public void Local_accesses_of_a_mainloop_bound_by_issue(int accesses, bool takesMasks, int broken)
    {
        SassFunction function = WithLoads(accesses, additions: 400) with { TakesMasks = takesMasks };

        Assert.HasCount(broken, MainloopRules.Broken(function, Mainloop.Find(function)).ToArray());
    }

    [TestMethod]
    [DataRow(4, 0)]
    [DataRow(5, 1)]
    public void A_few_local_accesses_hide_beside_tensor_cores(int accesses, int broken)
    {
        SassFunction function = WithLoads(accesses, additions: 1);

        Assert.HasCount(broken, MainloopRules.Broken(function, Mainloop.Find(function)).ToArray());
    }

    private static SassFunction WithLoads(int loads, int additions) => Listing.Function(
        $"""
        .L_x_0:
        8 x HMMA.16816.F32 R4, R8, R10, R4
        {loads} x LDL R0, [R1]
        {additions} x IADD3 R0, R0, R1, RZ
        {additions} x FFMA R2, R2, R3, R2
        @P0 BRA `(.L_x_0)
        EXIT
        """);
}
