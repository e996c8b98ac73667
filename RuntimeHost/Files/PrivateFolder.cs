using System.Collections.Concurrent;
using System.Security;

namespace KernelGen.Files;

/// <summary>
/// A folder of files that are read back and trusted, and so must be writable by this user alone. Safe to use from several threads.
/// </summary>
/// <remarks>
/// The folder itself may be a link, for its user chose it; within it no link is followed. What other users own or may write to is passed
/// over, and said once. Folders are made for this user alone.
/// </remarks>
internal sealed class PrivateFolder
{
    private readonly string _path;
    private readonly Action<string, string> _tell;
    private readonly ConcurrentDictionary<string, bool> _told = new();

    /// <summary>A folder, which need not be there.</summary>
    /// <param name="path">Its path. A relative one is passed over, because it would be another folder for each process.</param>
    /// <param name="tell">Given what is passed over, and why.</param>
    public PrivateFolder(string path, Action<string, string> tell) => (_path, _tell) = (path, tell);

    /// <summary>The path as it was given.</summary>
    public string Path => _path;

    /// <summary>Why a folder cannot be used, in a few words; null when it can, or when it is not there.</summary>
    public static string? ReasonAgainst(string path) => !System.IO.Path.IsPathFullyQualified(path)
        ? "its path is relative, so that it would be another folder for each process (give an absolute path)"
        : FileOwner.ReasonAgainst(path, followLink: true);

    /// <summary>A fault of the file system, as opposed to one of a program.</summary>
    public static bool IsFault(Exception fault) =>
        fault is IOException or UnauthorizedAccessException or NotSupportedException or SecurityException or ArgumentException;

    /// <summary>The path of a file in the folder, or in one folder below, when it may be read; null when it may not.</summary>
    /// <param name="parts">The file's name, after that of the folder below, if any.</param>
    public string? ForReading(params ReadOnlySpan<string> parts)
    {
        string path = _path;
        if (!Allows(path, ReasonAgainst(path)))
        {
            return null;
        }

        foreach (string part in parts)
        {
            path = System.IO.Path.Combine(path, part);
            if (!Allows(path, FileOwner.ReasonAgainst(path, followLink: false)))
            {
                return null;
            }
        }

        return path;
    }

    /// <summary>The path of a file that may be written, in a folder that is there; null when it may not.</summary>
    /// <param name="parts">The file's name, after that of the folder below, if any.</param>
    /// <exception cref="Exception">The folder cannot be made; see <see cref="IsFault"/>.</exception>
    public string? ForWriting(params ReadOnlySpan<string> parts)
    {
        // A file of others' is written over, which is a new file in its place.
        if (ForReading(parts[..^1]) is null)
        {
            return null;
        }

        string path = _path;
        Make(path);
        foreach (string part in parts[..^1])
        {
            path = System.IO.Path.Combine(path, part);
            Make(path);
        }

        return System.IO.Path.Combine(path, parts[^1]);
    }

    /// <summary>The regular files of the folder, or of one below: no links, and none that may not be looked at.</summary>
    /// <param name="below">The name of the folder below; the folder itself when null.</param>
    public IEnumerable<FileInfo> Files(string? below = null)
    {
        if ((below is null ? ForReading() : ForReading(below)) is not { } folder || !Directory.Exists(folder))
        {
            return [];
        }

        EnumerationOptions options = new()
        {
            AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device,
            IgnoreInaccessible = true,
            RecurseSubdirectories = false,
        };
        return new DirectoryInfo(folder).EnumerateFiles("*", options);
    }

    /// <summary>Says once that a file or folder is passed over.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="reason">Why, in a few words.</param>
    public void Tell(string path, string reason)
    {
        if (_told.TryAdd(path, true))
        {
            _tell(path, reason);
        }
    }

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private bool Allows(string path, string? reason)
    {
        if (reason is not null)
        {
            Tell(path, reason);
        }

        return reason is null;
    }
}
