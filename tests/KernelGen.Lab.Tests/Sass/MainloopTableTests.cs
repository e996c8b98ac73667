using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Sass;

[TestClass]
public sealed class MainloopTableTests
{
    [TestMethod]
    public void A_row_tells_path_clocks_and_local_memory()
    {
        SassFunction looping = Listing.Function(
            """
            .L_x_0:
            2 x HMMA.16816.F32 R4, R8, R10, R4
            LDL R0, [R1]
            @P0 BRA `(.L_x_0)
            LDL R0, [R1]
            EXIT
            """);
        SassFunction straight = Listing.Function("STL [R1], R0\nEXIT");
        MainloopTable table = new([(looping, Mainloop.Find(looping)), (straight, Mainloop.Find(straight))]);

        string[] lines = table.ToMarkdown().Split('\n');

        Assert.AreEqual("| kernel | 80 | 6 | 4 | 4 | 2 | 16 | 4 | 0 | 0 | 0 | 4 | 0 | tensor | 1.000 | 0 | 0/0 | 0 | 1/2 |", lines[2]);
        Assert.StartsWith("| kernel | 80 | 2 | no loop |", lines[3]);
        Assert.EndsWith("| /1 |", lines[3]);
        Assert.AreEqual(lines[0].Count(c => c == '|'), lines[3].Count(c => c == '|'));
        Assert.AreEqual("\nkernel: MatrixProduct 2, LocalMemory 1, Branch 1\n", table.Details());
    }
}
