namespace KernelGen.Generator.Tests.Architecture;

/// <summary>Lines have at most as many columns as <c>.editorconfig</c> says, which the compiler does not look at.</summary>
[TestClass]
public sealed class LineLengthTests
{
    private const int MostColumns = 140;

    private static readonly string[] _extensions = [".cs", ".cpp", ".hpp", ".cu", ".cuh", ".sbn"];

    [TestMethod]
    [DataRow("Generator")]
    [DataRow("GeneratedSamples")]
    [DataRow("RuntimeHost")]
    [DataRow("Templates")]
    [DataRow("tests")]
    [DataRow("tools")]
    public void LinesOfAFolder_AreNotTooLong(string folder)
    {
        string[] files = [.. SourceTree.Files(folder, _extensions)];
        string[] tooLong =
        [
            .. from file in files
               from line in File.ReadLines(file).Index()
               where line.Item.Length > MostColumns
               select $"{Path.GetRelativePath(Repository.Root, file)}({line.Index + 1}): {line.Item.Length} columns",
        ];

        Assert.AreNotEqual(0, files.Length, "There is nothing to look at.");
        Assert.IsEmpty(tooLong, $"break these lines, they have more than {MostColumns} columns:\n{string.Join('\n', tooLong)}");
    }
}
