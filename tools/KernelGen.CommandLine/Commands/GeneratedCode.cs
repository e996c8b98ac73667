using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.RegularExpressions;
using KernelGen.Kernels;

namespace KernelGen.CommandLine.Commands;

/// <summary>The C# of CPU kernels, which compilers keep in the debug information of an assembly, as all generated files.</summary>
internal static class GeneratedCode
{
    // By the portable PDB format: the source text of a document.
    private static readonly Guid _embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    /// <summary>The generated file that holds a variant's kernels, UTF-8.</summary>
    /// <param name="kernels">The variant's kernels.</param>
    /// <returns>Null where the assembly has no debug information, inside it or beside it.</returns>
    public static byte[]? Find(CpuKernelSet kernels)
    {
        Type unit = kernels.Vector128.Method.DeclaringType!;
        string path = unit.Assembly.Location;
        if (path.Length == 0 || unit.DeclaringType?.FullName is not { } modelClass)
            return null;

        using PEReader assembly = new(File.OpenRead(path));
        try
        {
            if (!assembly.TryOpenAssociatedPortablePdb(path, Open, out MetadataReaderProvider? symbols, out _))
                return null;
            using (symbols)
                return Find(symbols!.GetMetadataReader(), modelClass.Replace('+', '.'), unit.Name);
        }
        catch (Exception fault) when (fault is BadImageFormatException or InvalidDataException)
        {
            return null;
        }
    }

    private static FileStream? Open(string path) => File.Exists(path) ? File.OpenRead(path) : null;

    private static byte[]? Find(MetadataReader symbols, string modelClass, string unit)
    {
        // Classes whose names differ in case alone have a hash between name and unit.
        Regex file = new(
            $@"(?:^|[/\\]){Regex.Escape(modelClass)}(?:\.[0-9a-f]{{8}})?\.{Regex.Escape(unit)}\.g\.cs$", RegexOptions.CultureInvariant);
        foreach (DocumentHandle handle in symbols.Documents)
        {
            if (!file.IsMatch(symbols.GetString(symbols.GetDocument(handle).Name)))
                continue;
            foreach (CustomDebugInformationHandle information in symbols.GetCustomDebugInformation(handle))
            {
                CustomDebugInformation content = symbols.GetCustomDebugInformation(information);
                if (symbols.GetGuid(content.Kind) == _embeddedSource)
                    return WithoutByteOrderMark(Unpack(symbols.GetBlobBytes(content.Value)));
            }
        }

        return null;
    }

    private static byte[] WithoutByteOrderMark(byte[] text) =>
        text.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;

    // The length of the text comes first, 0 for one that is not compressed.
    private static byte[] Unpack(byte[] blob)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(blob);
        if (length == 0)
            return blob[sizeof(int)..];

        byte[] text = new byte[length];
        using DeflateStream packed = new(new MemoryStream(blob, sizeof(int), blob.Length - sizeof(int)), CompressionMode.Decompress);
        packed.ReadExactly(text);
        return text;
    }
}
