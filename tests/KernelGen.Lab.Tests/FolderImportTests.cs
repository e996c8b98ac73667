using System.Text.RegularExpressions;

namespace KernelGen.Lab.Tests;

/// <summary>Folders of the sample and of the laboratory import each other in one direction.</summary>
[TestClass]
public sealed partial class FolderImportTests
{
    [TestMethod]
    [DataRow("GeneratedSamples", "KernelGen.Samples", 3)]
    [DataRow("tools/KernelGen.Lab", "KernelGen.Lab", 9)]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void No_two_folders_import_each_other_nor_go_round_in_a_circle(string project, string rootNamespace, int leastFolders)
    {
        Dictionary<string, HashSet<string>> imports = Imports(Path.Combine(Repository.Folder!, project), rootNamespace);
        Assert.IsGreaterThanOrEqualTo(leastFolders, imports.Count);
        Assert.IsTrue(imports.Values.Any(folders => folders.Count > 0), "imports are found");

        // Folders that import nothing that is left go first; what remains is a circle.
        HashSet<string> left = [.. imports.Keys];
        int removed;
        do
            removed = left.RemoveWhere(folder => !imports[folder].Overlaps(left));
        while (removed > 0);

        IEnumerable<string> circle = left.Order(StringComparer.Ordinal).Select(
            folder => $"{folder} -> {string.Join(' ', imports[folder].Intersect(left))}");
        Assert.AreEqual("", string.Join(", ", circle));
    }

    [TestMethod]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void The_laboratory_does_not_know_the_sample()
    {
        foreach (string tool in (string[])["KernelGen.Lab", "KernelGen.Reference", "KernelGen.CommandLine"])
        {
            foreach (string file in SourceFiles(Path.Combine(Repository.Folder!, "tools", tool)))
                Assert.DoesNotContain("using KernelGen.Samples", File.ReadAllText(file), file);
        }
    }

    private static Dictionary<string, HashSet<string>> Imports(string folder, string rootNamespace)
    {
        Dictionary<string, HashSet<string>> imports = [];
        foreach (string file in SourceFiles(folder))
        {
            string[] path = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar);
            if (path.Length < 2 || path[0] is "Generated" or "ManagedCudaInterop")
                continue;

            if (!imports.TryGetValue(path[0], out HashSet<string>? names))
                imports.Add(path[0], names = []);
            foreach (Match match in Import().Matches(File.ReadAllText(file)).Where(match => match.Groups[1].Value == rootNamespace))
                names.Add(match.Groups[2].Value);
        }

        foreach ((string name, HashSet<string> names) in imports)
            names.Remove(name);
        return imports;
    }

    private static IEnumerable<string> SourceFiles(string folder) => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    [GeneratedRegex(@"^using (KernelGen\.\w+)\.(\w+)[\w.]*;", RegexOptions.Multiline)]
    private static partial Regex Import();
}
