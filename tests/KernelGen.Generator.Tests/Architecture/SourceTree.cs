namespace KernelGen.Generator.Tests.Architecture;

/// <summary>Files that people write.</summary>
internal static class SourceTree
{
    /// <summary>What tools write: build outputs, and emitted files that are kept to be read or compared.</summary>
    private static readonly string[] _written = ["bin", "obj", "artifacts", "Generated", "Baselines"];

    /// <summary>Those of a folder of the repository, and of its folders.</summary>
    public static IEnumerable<string> Files(string folder, params string[] extensions) =>
        Files(new DirectoryInfo(Path.Combine(Repository.Root, folder)), extensions);

    private static IEnumerable<string> Files(DirectoryInfo folder, string[] extensions) =>
        folder.EnumerateFiles().Where(file => extensions.Contains(file.Extension)).Select(static file => file.FullName)
            .Concat(folder.EnumerateDirectories().Where(static inner => !_written.Contains(inner.Name))
                .SelectMany(inner => Files(inner, extensions)));
}
