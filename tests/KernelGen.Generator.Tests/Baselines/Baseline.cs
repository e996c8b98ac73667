using System.Text;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace KernelGen.Generator.Tests.Baselines;

/// <summary>Compares a set of files with the ones committed in a folder: their names, and every byte.</summary>
/// <remarks><c>KERNELGEN_UPDATE_BASELINES=1</c> rewrites the folder instead, and deletes the files that are no longer made.</remarks>
internal static class Baseline
{
    private const string UpdateVariable = "KERNELGEN_UPDATE_BASELINES";
    private const string UpdateCommand = UpdateVariable + "=1 dotnet test --project tests/KernelGen.Generator.Tests";

    /// <summary>Verifies, or rewrites, a folder of the repository.</summary>
    /// <param name="folder">The folder, relative to the repository's root.</param>
    /// <param name="files">File name to text.</param>
    public static void Verify(string folder, IReadOnlyDictionary<string, string> files)
    {
        string path = Path.Combine(Repository.Root, folder);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Rewrite(path, files);
            return;
        }

        string[] committed = Directory.Exists(path) ? [.. Directory.GetFiles(path).Select(file => Path.GetFileName(file)!)] : [];
        StringBuilder faults = new();
        foreach (string name in committed.Except(files.Keys).Order())
        {
            faults.AppendLine($"{folder}/{name} is committed but no longer generated.");
        }

        foreach ((string name, string text) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (!committed.Contains(name))
            {
                faults.AppendLine($"{folder}/{name} is generated but not committed.");
            }
            else if (File.ReadAllText(Path.Combine(path, name)) is var expected && expected != text)
            {
                AppendDifference(faults, $"{folder}/{name}", expected, text);
            }
        }

        if (faults.Length > 0)
        {
            Assert.Fail($"{faults}If the change is meant, run: {UpdateCommand}");
        }
    }

    private static void Rewrite(string path, IReadOnlyDictionary<string, string> files)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        Directory.CreateDirectory(path);
        foreach ((string name, string text) in files)
        {
            File.WriteAllText(Path.Combine(path, name), text);
        }
    }

    private static void AppendDifference(StringBuilder faults, string name, string expected, string actual)
    {
        const int Context = 2;
        const int MostLines = 40;
        List<DiffPiece> lines = new InlineDiffBuilder(new Differ()).BuildDiffModel(expected, actual).Lines;
        faults.AppendLine($"{name} differs (- committed, + generated):");
        int shown = 0;
        for (int i = 0; i < lines.Count && shown < MostLines; i++)
        {
            int from = Math.Max(0, i - Context);
            int to = Math.Min(lines.Count - 1, i + Context);
            if (lines[from..(to + 1)].Exists(line => line.Type != ChangeType.Unchanged))
            {
                char mark = lines[i].Type switch { ChangeType.Inserted => '+', ChangeType.Deleted => '-', _ => ' ' };
                faults.AppendLine($"  {mark} {lines[i].Text}");
                shown++;
            }
        }
    }
}
