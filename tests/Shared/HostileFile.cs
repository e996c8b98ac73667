using System.Buffers.Binary;
using System.Text;

namespace KernelGen.Tests.Shared;

/// <summary>Writes files byte by byte, as no well-meaning writer would.</summary>
internal static class HostileFile
{
    /// <summary>A file with a true header length.</summary>
    public static void Write(string path, string header, int dataBytes) =>
        Write(path, (ulong)Encoding.UTF8.GetByteCount(header), Encoding.UTF8.GetBytes(header), dataBytes);

    /// <summary>A file that claims any header length.</summary>
    public static void Write(string path, ulong claimedHeaderBytes, byte[] header, int dataBytes)
    {
        byte[] file = new byte[sizeof(ulong) + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, claimedHeaderBytes);
        header.CopyTo(file, sizeof(ulong));
        File.WriteAllBytes(path, file);
    }
}
