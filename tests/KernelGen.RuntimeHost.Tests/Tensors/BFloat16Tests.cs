using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Tensors;

[TestClass]
public sealed class BFloat16Tests
{
    [TestMethod]
    public void Widening_ThenNarrowing_GivesTheSameBits_ForEveryNumber()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            BFloat16 value = new((ushort)bits);
            if (!float.IsNaN((float)value))
            {
                Assert.AreEqual(value, (BFloat16)(float)value);
            }
        }
    }

    [TestMethod]
    [DataRow(0x3F80_8000u, (ushort)0x3F80, DisplayName = "a tie goes down to even")]
    [DataRow(0x3F81_8000u, (ushort)0x3F82, DisplayName = "a tie goes up to even")]
    [DataRow(0x3F80_8001u, (ushort)0x3F81, DisplayName = "above a tie goes up")]
    [DataRow(0x3F80_7FFFu, (ushort)0x3F80, DisplayName = "below a tie goes down")]
    [DataRow(0x7F7F_FFFFu, (ushort)0x7F80, DisplayName = "the largest float becomes infinity")]
    [DataRow(0x7F80_0001u, (ushort)0x7FC0, DisplayName = "a NaN whose payload is lost stays a NaN")]
    public void Narrowing_RoundsToNearestEven(uint bits, ushort expected) =>
        Assert.AreEqual(expected, ((BFloat16)BitConverter.UInt32BitsToSingle(bits)).Bits);
}
