namespace KernelGen.Tests.Shared;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its folder; null where only the tests are.</summary>
    public static string? Folder { get; } = Find();

    public static bool IsThere => Folder is not null;

    /// <summary>The scripts that time other libraries.</summary>
    public static string Peers => Path.Combine(Folder!, "tests", "KernelGen.Benchmarks", "peers");

    private static string? Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KernelGen.sln")))
            folder = folder.Parent;
        return folder?.FullName;
    }
}
