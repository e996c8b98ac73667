using System.Runtime.InteropServices;

namespace KernelGen.Reference.Safetensors;

/// <summary>Tells regular files from what merely has a name: to open a pipe may wait for ever.</summary>
internal static partial class FileKind
{
    private const int CurrentFolder = -100;
    private const uint TypeAndMode = 0x1 | 0x2;

    /// <summary>
    /// What a path leads to when it is no regular file, for a message; null when it is one, when it is not there, or the system does not
    /// say.
    /// </summary>
    public static string? OtherThanRegular(string path)
    {
        try
        {
            return !OperatingSystem.IsLinux() || Ask(CurrentFolder, path, 0, TypeAndMode, out Answer answer) != 0
                ? null
                : (answer.Mode & 0xF000) switch
                {
                    0x8000 => null,
                    0x1000 => "a pipe",
                    0x4000 => "a folder",
                    0xC000 => "a socket",
                    _ => "a device",
                };
        }
        catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Ask(int folder, string path, int flags, uint mask, out Answer answer);

    /// <summary>The kernel's <c>struct statx</c>, which is the same for every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Answer
    {
        [FieldOffset(28)]
        public ushort Mode;
    }
}
