using System.Runtime.InteropServices;

namespace KernelGen.RuntimeHost.Tests.Reference;

/// <summary>Compares numbers bit by bit: 0 and -0 are equal as numbers, and a NaN is not equal to itself.</summary>
internal static class SameBits
{
    public static void Assert(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string message = "") =>
        Microsoft.VisualStudio.TestTools.UnitTesting.Assert.AreSequenceEqual(
            MemoryMarshal.Cast<float, uint>(expected).ToArray(), MemoryMarshal.Cast<float, uint>(actual).ToArray(), message);
}
