using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace KernelGen.Lab.Tests;

/// <summary>Folders of the sample, of the laboratory and of what they share import each other in one direction.</summary>
[TestClass]
public sealed partial class FolderImportTests
{
    [TestMethod]
    [DataRow("GeneratedSamples", "KernelGen.Samples", 3)]
    [DataRow("tools/KernelGen.CommandLine", "KernelGen.CommandLine", 5)]
    [DataRow("tools/KernelGen.Lab", "KernelGen.Lab", 8)]
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
    public void The_sample_is_built_without_the_laboratory()
    {
        string folder = Path.Combine(Repository.Folder!, "GeneratedSamples");
        HashSet<string> needed = [];
        Add(Path.Combine(folder, "KernelGen.Samples.csproj"));
        Assert.Contains("KernelGen.RuntimeHost", needed, "references are found");
        foreach (string other in (string[])["KernelGen.Lab", "KernelGen.CodeFixes", "KernelGen.Precompile"])
            Assert.DoesNotContain(other, needed);

        void Add(string project)
        {
            if (!needed.Add(Path.GetFileNameWithoutExtension(project)))
                return;

            // Items with a condition, such as those of 'dotnet pack', are not for a plain build.
            IEnumerable<XElement> references = XElement.Load(project).Elements("ItemGroup")
                .Where(group => group.Attribute("Condition") is null).Elements("ProjectReference");
            foreach (XElement reference in references)
                Add(Path.Combine(Path.GetDirectoryName(project)!, reference.Attribute("Include")!.Value));
        }
    }

    [TestMethod]
    [MemberCondition(typeof(Repository), nameof(Repository.IsThere), IgnoreMessage = "There is no source tree here.")]
    public void What_applications_share_does_not_know_them()
    {
        foreach (string tool in (string[])["KernelGen.Reference", "KernelGen.CommandLine"])
        {
            foreach (string file in SourceFiles(Path.Combine(Repository.Folder!, "tools", tool)))
            {
                string text = File.ReadAllText(file);
                Assert.DoesNotContain("using KernelGen.Samples", text, file);
                Assert.DoesNotContain("using KernelGen.Lab", text, file);
            }
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
