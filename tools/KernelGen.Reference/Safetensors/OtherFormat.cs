using System.Text;

namespace KernelGen.Reference.Safetensors;

/// <summary>Knows by their first bytes the files that are most often found in the place of a safetensors file.</summary>
internal static class OtherFormat
{
    /// <summary>Bytes that tell.</summary>
    public const int Bytes = 64;

    /// <summary>The format of a file, and advice; null when it is none of these.</summary>
    /// <param name="begin">Its first bytes, at most <see cref="Bytes"/>.</param>
    public static string? Name(ReadOnlySpan<byte> begin)
    {
        string text = Encoding.Latin1.GetString(begin).TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n').ToLowerInvariant();
        return text.StartsWith("version https://git-lfs",
            StringComparison.Ordinal) ? "a Git LFS pointer, not the file itself: run 'git lfs pull' where it was cloned"
            : text.StartsWith("<!doctype", StringComparison.Ordinal) || text.StartsWith("<html", StringComparison.Ordinal)
                || text.StartsWith("<?xml", StringComparison.Ordinal)
                ? "a web page: the download gave a page (a login or an error, perhaps) in place of the file"
            : begin.StartsWith(
                "PK\u0003\u0004"u8) ? "a zip archive, such as a PyTorch .bin or .pt file or an .npz: convert it to safetensors"
            : begin.Length > 1 && begin[0] == 0x1F && begin[1] == 0x8B ? "compressed with gzip: unpack it"
            : begin.StartsWith("GGUF"u8) ? "a GGUF file: convert it to safetensors"
            : begin.Length > 5 && begin[0] == 0x93 && begin[1..].StartsWith("NUMPY"u8) ? "a NumPy array: convert it to safetensors"
            : begin.Length > 1 && begin[0] == 0x80
                && begin[1] is >= 2 and <= 5 ? "a Python pickle, such as an old PyTorch file: convert it to safetensors"
            : text.StartsWith('{') && begin.Length > 7
                && begin[7] != 0 ? "JSON text, such as an index of several files: name the file that has the tensors"
            : null;
    }
}
