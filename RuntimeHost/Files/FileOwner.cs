using System.Runtime.InteropServices;

namespace KernelGen.Files;

/// <summary>The check that no users but this one and root can have decided what is in a file or folder.</summary>
/// <remarks>
/// On Linux only, where the modes of files say it. Windows gives a user's folders an access list of their own, and macOS has no CUDA. Of
/// the folders above nothing is asked: who replaces a folder owns the new one.
/// </remarks>
internal static partial class FileOwner
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint ModeAndOwner = 0x2 | 0x8;
    private const UnixFileMode WrittenByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>
    /// Why a file or folder is not this user's alone, in a few words; null when it is, when it is not there, or the system does not say.
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="followLink">Ask about what a link leads to. Otherwise a link is a reason itself.</param>
    public static string? ReasonAgainst(string path, bool followLink)
    {
        try
        {
            if (!OperatingSystem.IsLinux() || Ask(CurrentFolder, path, followLink ? 0 : NoFollow, ModeAndOwner, out Answer answer) != 0)
            {
                return null;
            }

            uint user = CurrentUser();
            UnixFileMode mode = (UnixFileMode)(answer.Mode & 0xFFF);
            return answer.Owner != user && answer.Owner != 0 ? "another user owns it"
                : (answer.Mode & 0xF000) == 0xA000 ? "it is a link"
                : (mode & WrittenByOthers) != 0 ? "other users may write to it (chmod go-w makes it yours alone)"
                : null;
        }
        catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException)
        {
            // A C library from before 2018.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Ask(int folder, string path, int flags, uint mask, out Answer answer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint CurrentUser();

    /// <summary>The kernel's <c>struct statx</c>, which is the same for every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Answer
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
