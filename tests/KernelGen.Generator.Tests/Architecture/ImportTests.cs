namespace KernelGen.Generator.Tests.Architecture;

/// <summary>Imports run one way: the order of the folders is the documentation's, and no folders use each other.</summary>
[TestClass]
public sealed class ImportTests
{
    [TestMethod]
    [DataRow("Generator/KernelGen.Generator")]
    [DataRow("RuntimeHost")]
    public void Files_UseNothingOfARowBelowTheirs(string project)
    {
        FolderOrder order = FolderOrder.Read();

        Assert.AreSequenceEqual<string>([], TypeUses.Of(project)
            .Where(use => order.RowOf(use.User) < order.RowOf(use.Declarer))
            .Select(static use => $"{use.User} uses {use.Declarer}")
            .Order());
    }

    [TestMethod]
    [DataRow("Generator/KernelGen.Generator")]
    [DataRow("RuntimeHost")]
    public void Folders_DoNotUseEachOther(string project)
    {
        (string User, string Declarer)[] uses =
        [
            .. TypeUses.Of(project).Select(static use => (FolderOf(use.User), FolderOf(use.Declarer)))
                .Where(static use => use.Item1 != use.Item2).Distinct(),
        ];

        // What is left when folders that use no other, and then those that use only such, are taken away, is in circles or leads into them.
        HashSet<string> left = [.. uses.SelectMany(static use => new[] { use.User, use.Declarer })];
        while (left.RemoveWhere(folder => !uses.Any(use => use.User == folder && left.Contains(use.Declarer))) > 0)
        {
        }

        Assert.AreSequenceEqual<string>([], uses
            .Where(use => left.Contains(use.User) && left.Contains(use.Declarer))
            .Select(static use => $"{use.User} uses {use.Declarer}")
            .Order());
    }

    [TestMethod]
    public void Uses_OfAFile_AreSeen() => Assert.Contains(
        ("Generator/KernelGen.Generator/SliceAttentionGenerator.cs", "Generator/KernelGen.Generator/Discovery/ModelClassReader.cs"),
        TypeUses.Of("Generator/KernelGen.Generator"));

    private static string FolderOf(string file) => file[..file.LastIndexOf('/')];
}
