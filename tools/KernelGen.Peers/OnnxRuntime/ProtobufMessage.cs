using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace KernelGen.Peers.OnnxRuntime;

/// <summary>A message in the wire format of protocol buffers, written field by field.</summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private const int FourBytes = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The bytes written so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>A whole number or an enumeration's value.</summary>
    public ProtobufMessage Add(int field, long value)
    {
        Number((ulong)((field << 3) | Varint));
        Number((ulong)value);
        return this;
    }

    /// <summary>A <c>float</c>.</summary>
    public ProtobufMessage Add(int field, float value)
    {
        Number((ulong)((field << 3) | FourBytes));
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
        _bytes.Advance(sizeof(float));
        return this;
    }

    /// <summary>A text.</summary>
    public ProtobufMessage Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage value) => Add(field, value.Bytes);

    /// <summary>Bytes.</summary>
    public ProtobufMessage Add(int field, ReadOnlySpan<byte> value)
    {
        Number((ulong)((field << 3) | LengthDelimited));
        Number((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    private void Number(ulong value)
    {
        Span<byte> digits = stackalloc byte[10];
        int count = 0;
        do
        {
            byte seven = (byte)(value & 0x7F);
            value >>= 7;
            digits[count++] = value == 0 ? seven : (byte)(seven | 0x80);
        }
        while (value != 0);
        _bytes.Write(digits[..count]);
    }
}
