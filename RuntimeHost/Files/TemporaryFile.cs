namespace KernelGen.Files;

/// <summary>Files that appear only when they are whole: written under a name of their own beside their place, and renamed.</summary>
internal static class TemporaryFile
{
    private const string Extension = ".tmp";
    private const int IdLength = 32;

    /// <summary>A file that is being written is never this old: its writer has died.</summary>
    private static readonly TimeSpan _abandonedAfter = TimeSpan.FromHours(1);

    /// <summary>Writes a file, for this user alone. On a fault what was there stays, and nothing is left beside it.</summary>
    /// <param name="path">The file. Its folder must be there.</param>
    /// <param name="content">All of it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}{Extension}";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (FileStream stream = new(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>The name of the file that a temporary one was to become; null when it is not named as one.</summary>
    /// <param name="name">The temporary file's name.</param>
    public static string? TargetOf(string name)
    {
        int length = name.Length - Extension.Length - IdLength - 1;
        return length > 0 && name.EndsWith(Extension, StringComparison.Ordinal) && name[length] == '.'
            && IsHexadecimal(name.AsSpan(length + 1, IdLength))
            ? name[..length]
            : null;
    }

    /// <summary>Its writer has died.</summary>
    /// <param name="file">A temporary file.</param>
    public static bool IsAbandoned(FileInfo file) => DateTime.UtcNow - file.LastWriteTimeUtc > _abandonedAfter;

    /// <summary>A text of lower-case hexadecimal digits.</summary>
    public static bool IsHexadecimal(ReadOnlySpan<char> text) => !text.ContainsAnyExcept("0123456789abcdef");

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The fault that is on its way says enough; the file is swept up when it is old.
        }
    }
}
