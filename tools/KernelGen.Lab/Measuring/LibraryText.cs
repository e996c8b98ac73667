namespace KernelGen.Lab.Measuring;

/// <summary>Names of libraries for results.</summary>
internal static class LibraryText
{
    /// <summary>A library's name and version, without its path, which must not appear in published results.</summary>
    /// <param name="library">Path, comma, version; null when there is none.</param>
    public static string? WithoutFolder(string? library)
    {
        if (library is null)
            return null;

        int comma = library.IndexOf(',', StringComparison.Ordinal);
        return Path.GetFileName(library[..comma]) + library[comma..];
    }
}
