using System.Buffers.Binary;
using System.Text;

namespace KernelGen.Peers.Torch;

/// <summary>
/// Lets TorchSharp's native library load where the C++ library is that of GCC 12, as on Debian 12. It asks for one symbol of GCC 13.2's,
/// which starts iostreams; libtorch itself, which is loaded before, has started them by then. The import is turned to a function that it
/// imports anyway, that takes nothing and changes nothing, and the version becomes one that may be missing.
/// </summary>
/// <remarks>Only the copy beside this program is changed, and only where it does not load as it is. The format is ELF, 64 bits.</remarks>
internal static class NewerCppLibrary
{
    /// <summary>The version that is asked for.</summary>
    public const string Version = "GLIBCXX_3.4.32";

    private const string Symbol = "_ZSt21ios_base_library_initv";
    private const string Substitute = "_ZN2at15get_num_threadsEv";

    private const uint DynamicSymbols = 11;
    private const uint SymbolVersions = 0x6FFF_FFFF;
    private const uint NeededVersions = 0x6FFF_FFFE;
    private const int SymbolBytes = 24;
    private const ushort MayBeMissing = 2;
    private const ushort Unversioned = 1;

    /// <summary>Changes a library in place.</summary>
    /// <param name="file">The library.</param>
    /// <exception cref="InvalidDataException">It is not the library that this was written for.</exception>
    public static void MakeOptional(string file)
    {
        byte[] image = File.ReadAllBytes(file);
        MakeOptional(image);

        // A library that is loaded keeps its file; the new one takes the name.
        string aside = $"{file}.{Guid.NewGuid():N}.tmp";
        File.WriteAllBytes(aside, image);
        File.Move(aside, file, overwrite: true);
    }

    private static void MakeOptional(Span<byte> image)
    {
        Section symbols = Section.Find(image, DynamicSymbols), versions = Section.Find(image, SymbolVersions);
        Section names = Section.At(image, symbols.Link);
        int symbol = -1;
        uint substitute = 0;
        for (int i = 0; i < symbols.Size / SymbolBytes; i++)
        {
            uint name = Read32(image, symbols.Offset + (i * SymbolBytes));
            switch (Text(image, names.Offset + (int)name))
            {
                case Symbol:
                    symbol = i;
                    break;
                case Substitute:
                    substitute = name;
                    break;
            }
        }

        if (symbol < 0 || substitute == 0)
            throw new InvalidDataException($"It does not import {Symbol} and {Substitute}.");

        BinaryPrimitives.WriteUInt32LittleEndian(image[(symbols.Offset + (symbol * SymbolBytes))..], substitute);
        BinaryPrimitives.WriteUInt16LittleEndian(image[(versions.Offset + (symbol * sizeof(ushort)))..], Unversioned);
        MarkVersion(image, Section.Find(image, NeededVersions));
    }

    // A list of libraries, each with a list of versions.
    private static void MarkVersion(Span<byte> image, Section needed)
    {
        Section names = Section.At(image, needed.Link);
        for (int library = needed.Offset; ;)
        {
            int version = library + (int)Read32(image, library + 8);
            for (int left = Read16(image, library + 2); left > 0; left--)
            {
                if (Text(image, names.Offset + (int)Read32(image, version + 8)) == Version)
                {
                    ushort flags = Read16(image, version + 4);
                    BinaryPrimitives.WriteUInt16LittleEndian(image[(version + 4)..], (ushort)(flags | MayBeMissing));
                    return;
                }

                version += (int)Read32(image, version + 12);
            }

            int next = (int)Read32(image, library + 12);
            if (next == 0)
                throw new InvalidDataException($"It does not ask for {Version}.");
            library += next;
        }
    }

    private static ushort Read16(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(image[offset..]);

    private static uint Read32(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(image[offset..]);

    private static string Text(ReadOnlySpan<byte> image, int offset) =>
        Encoding.ASCII.GetString(image.Slice(offset, image[offset..].IndexOf((byte)0)));

    private readonly record struct Section(int Offset, int Size, int Link)
    {
        private const int TableOffset = 0x28;
        private const int EntryBytesOffset = 0x3A;
        private const int CountOffset = 0x3C;

        public static Section Find(ReadOnlySpan<byte> image, uint type)
        {
            for (int i = 0; i < Read16(image, CountOffset); i++)
            {
                if (Read32(image, Entry(image, i) + 4) == type)
                    return At(image, i);
            }

            throw new InvalidDataException("It has no table of imports.");
        }

        public static Section At(ReadOnlySpan<byte> image, int index)
        {
            int entry = Entry(image, index);
            return new(
                (int)BinaryPrimitives.ReadUInt64LittleEndian(image[(entry + 0x18)..]),
                (int)BinaryPrimitives.ReadUInt64LittleEndian(image[(entry + 0x20)..]),
                (int)Read32(image, entry + 0x28));
        }

        private static int Entry(ReadOnlySpan<byte> image, int index) =>
            (int)BinaryPrimitives.ReadUInt64LittleEndian(image[TableOffset..]) + (index * Read16(image, EntryBytesOffset));
    }
}
