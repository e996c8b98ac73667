namespace KernelGen.Cuda.Interop;

/// <summary>
/// The system in which libraries are looked for and compiled kernels kept: its name, variables and folders. What may not be looked at is
/// not there.
/// </summary>
internal sealed record SearchedSystem
{
    /// <summary>This process's own.</summary>
    public static SearchedSystem Current { get; } = new();

    /// <summary>The system is Windows, with its names of libraries and no usual folders.</summary>
    public bool IsWindows { get; init; } = OperatingSystem.IsWindows();

    /// <summary>The value of an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The user's home folder; empty when there is none.</summary>
    public string Home { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The folder of what programs keep for the user on Windows; empty when there is none.</summary>
    public string LocalApplicationData { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);

    /// <summary>A path does not depend on the current folder or drive.</summary>
    public Func<string, bool> IsFullyQualified { get; init; } = Path.IsPathFullyQualified;

    /// <summary>There is a file.</summary>
    public Func<string, bool> FileExists { get; init; } = File.Exists;

    /// <summary>Paths of the folders in a folder whose names match a pattern.</summary>
    public Func<string, string, IEnumerable<string>> Folders { get; init; } = Directory.EnumerateDirectories;

    /// <summary>Paths of the files in a folder whose names match a pattern.</summary>
    public Func<string, string, IEnumerable<string>> Files { get; init; } = Directory.EnumerateFiles;

    /// <summary>The entries of a folder; none when it is not there, may not be listed, or cannot be reached.</summary>
    /// <param name="list"><see cref="Folders"/> or <see cref="Files"/>.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">The pattern of the names.</param>
    public static string[] Matches(Func<string, string, IEnumerable<string>> list, string folder, string pattern)
    {
        try
        {
            return [.. list(folder, pattern)];
        }
        catch (Exception fault) when (KernelGen.Files.PrivateFolder.IsFault(fault))
        {
            return [];
        }
    }
}
