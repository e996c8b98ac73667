using System.Security;

namespace KernelGen.Files;

/// <summary>Reads files that anybody may have put where they are: regular ones, no links, and not more bytes than can be meant.</summary>
internal static class BoundedFile
{
    /// <summary>All bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The most bytes that it may have.</param>
    /// <param name="fault">Why it was not read, in a few words; empty when it was.</param>
    /// <returns>Null when it was not read.</returns>
    public static byte[]? TryRead(string path, int maxBytes, out string fault)
    {
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                fault = "it is not there";
                return null;
            }

            // Pipes and devices have no length; to open one could wait for ever.
            if (file.Attributes.HasFlag(FileAttributes.ReparsePoint) || file.Length == 0 || file.Length > maxBytes)
            {
                fault = file.Length > maxBytes ? "it is too large" : "it is empty or no regular file";
                return null;
            }

            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            byte[] bytes = new byte[Math.Min(stream.Length, maxBytes)];
            stream.ReadExactly(bytes);
            fault = "";
            return bytes;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or SecurityException)
        {
            fault = failure.Message;
            return null;
        }
    }
}
