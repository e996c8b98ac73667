using KernelGen.Cpu;
using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

[TestClass]
public sealed class CpuNonFiniteTests
{
    private const int Rows = 70;
    private const int Keys = 300;
    private const int HeadDim = 40;

    [TestMethod]
    [DataRow(0x7FC0_0000u, DisplayName = "NaN")]
    [DataRow(0x7F80_0001u, DisplayName = "NaN with a payload")]
    [DataRow(0xFFFF_FFFFu, DisplayName = "negative NaN with a payload")]
    [DataRow(0x7F80_0000u, DisplayName = "infinity")]
    public void ABadQuery_SpoilsItsOwnRowOnly(uint bits)
    {
        foreach ((CpuCall call, string what) in Variants(new()))
        {
            float[] clean = call.Run(ElementType.Float32);
            float[] queries = [.. call.Query];
            queries[(17 * HeadDim) + 3] = BitConverter.UInt32BitsToSingle(bits);
            float[] actual = (call with { Query = queries, Options = call.Options with { CheckFinite = true } })
                .Run(ElementType.Float32, out RunReport report);

            AssertRows(clean, actual, row => row == 17, what);
            Assert.AreEqual(1, report.NonFiniteRows, what);
        }
    }

    [TestMethod]
    public void ABadKey_SpoilsTheRowsThatSeeIt()
    {
        foreach ((CpuCall call, string what) in Variants(new() { Causal = true }))
        {
            float[] keys = [.. call.Key];
            keys[(40 * HeadDim) + 1] = float.NaN;

            AssertRows(call.Run(ElementType.Float32), (call with { Key = keys }).Run(ElementType.Float32), row => row >= 40, what);
        }
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void ABadValue_SpoilsTheRowsThatSeeIt(float bad)
    {
        foreach ((CpuCall call, string what) in Variants(new() { Causal = true }))
        {
            float[] values = [.. call.Value];
            values[(40 * HeadDim) + 1] = bad;
            float[] clean = call.Run(ElementType.Float32);
            float[] actual = (call with { Value = values }).Run(ElementType.Float32);

            for (int i = 0; i < clean.Length; i++)
            {
                bool spoiled = i / HeadDim >= 40 && i % HeadDim == 1;
                Assert.AreEqual(spoiled, !float.IsFinite(actual[i]), what);
                if (!spoiled)
                    Assert.AreEqual(clean[i], actual[i], what);
            }
        }
    }

    [TestMethod]
    [DataRow(ElementType.Float16)]
    [DataRow(ElementType.BFloat16)]
    [DataRow(ElementType.Float32)]
    public void PaddingBehindAMask_MayHoldAnything(ElementType elementType)
    {
        bool[] attend = [.. Enumerable.Range(0, Keys).Select(key => key < 211)];
        float[] bias = [.. attend.Select(seen => seen ? 0.5f : float.NegativeInfinity)];
        AttentionMask[] masks = [AttentionMask.Boolean(attend, 1, 1, 1, Keys), AttentionMask.Additive(bias, 1, 1, 1, Keys)];
        foreach (AttentionMask mask in masks)
        {
            foreach ((CpuCall call, string what) in Variants(new() { Mask = mask }, elementType))
            {
                float[] keys = [.. call.Key.Select((number, i) => i / HeadDim >= 211 ? float.NaN : number)];
                float[] values =
                    [.. call.Value.Select((number, i) => i / HeadDim >= 211 ? (i % 2 == 0 ? float.NaN : float.NegativeInfinity) : number)];

                Assert.AreSequenceEqual(call.Run(elementType), (call with { Key = keys, Value = values }).Run(elementType), what);
            }
        }
    }

    [TestMethod]
    public void NothingFinite_IsCountedRowByRow()
    {
        CpuCall call =
            CpuCall.Random(new(2, 2, Rows, Keys, HeadDim), ElementType.Float16, new() { CheckFinite = true }) with { Threads = 2 };
        float[] values = [.. call.Value];
        values[0] = float.PositiveInfinity;
        (call with { Value = values }).Run(ElementType.Float16, out RunReport report);

        Assert.AreEqual(Rows, report.NonFiniteRows);
    }

    private static IEnumerable<(CpuCall Call, string What)> Variants(
        AttentionOptions options, ElementType elementType = ElementType.Float32)
    {
        CpuCall call = CpuCall.Random(new(1, 1, Rows, Keys, HeadDim), elementType, options);
        foreach (KernelFamily family in Enum.GetValues<KernelFamily>())
        {
            foreach (CpuVectorPath path in CpuCall.SupportedPaths)
                yield return (call with { Path = path, Planning = new() { Family = family } }, $"{family}, {path}");
        }
    }

    private static void AssertRows(float[] clean, float[] actual, Func<int, bool> spoiled, string what)
    {
        for (int i = 0; i < clean.Length; i++)
        {
            if (spoiled(i / HeadDim))
                Assert.IsTrue(float.IsNaN(actual[i]), what);
            else
                Assert.AreEqual(clean[i], actual[i], what);
        }
    }
}
