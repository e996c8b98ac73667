namespace KernelGen.Generator.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>KernelGen.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KernelGen.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests must run from a folder below the one of KernelGen.sln.");
    }
}
