using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Float32 on compute capability 9.0: numbers split into halves of 16 bits.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed class CudaSplitFloat32Tests
{
    private const double Bound = 2e-6;

    private static KernelCatalogue Split { get; } = CudaTestAttention.Of(KernelTarget.Sm90a);

    [TestMethod]
    [DataRow("9.0", 64, Float32Math.Split, KernelTarget.Sm90a)]
    [DataRow("9.0", 64, Float32Math.Full, KernelTarget.Simt)]
    [DataRow("9.0", 512, Float32Math.Split, KernelTarget.Simt, DisplayName = "the output of a large head dim does not fit the registers")]
    [DataRow("8.0", 64, Float32Math.Split, KernelTarget.Simt)]
    public void NumbersAreSplit_WhereThatIsAllowedAndThereIsAKernel(string capability, int headDim, Float32Math math, KernelTarget target)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open(capability));

        SlicePlan plan = host.Plan<float>(CudaTestAttention.Catalogue, new(1, 2, 500, 500, headDim), new() { Float32Math = math });

        Assert.AreEqual(target, plan.Variant.Target);
        Assert.AreEqual(target == KernelTarget.Sm90a, plan.Variant.Traits.SplitsFloat32);
        Assert.AreEqual(math == Float32Math.Full, plan.Explain().Contains("splits fp32 numbers", StringComparison.Ordinal));
    }

    [TestMethod]
    public void WhereOnlySplittingKernelsAre_FullPrecisionIsAClearError()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));

        NoMatchingVariantException exception = Assert.ThrowsExactly<NoMatchingVariantException>(
            () => host.Plan<float>(Split, new(1, 2, 500, 500, 64), new() { Float32Math = Float32Math.Full }));

        Assert.Contains("options.Float32Math is Full", exception.Message);
    }

    [TestMethod]
    [DataRow(40, 1, 1f)]
    [DataRow(40, 700, 1f)]
    [DataRow(64, 129, 3f)]
    [DataRow(72, 500, 1f)]
    [DataRow(128, 333, 2f)]
    [DataRow(160, 200, 1f)]
    public void RandomNumbers_StayWithinTheBoundOfFloat32(int headDim, int keys, float amplitude)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        AttentionCall call = AttentionCall.Random(new(1, 2, 70, keys, headDim), ElementType.Float32, amplitude: amplitude);

        AssertClose(host, call);
    }

    // A tensor core cuts off what does not fit its sum. Were all keys summed up there, 4096 of them would lose 1.7e-5 of a sum of one sign.
    [TestMethod]
    public void ValuesOfOneSign_DoNotDriftOverManyKeys()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        AttentionCall call = AttentionCall.Random(new(1, 1, 64, 4096, 64), ElementType.Float32);

        AssertClose(host, call with { Value = Array.ConvertAll(call.Value, value => 1 + Math.Abs(value)) });
    }

    [TestMethod]
    public void RowsOfEveryMagnitude_KeepTheirBits()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        AttentionCall call = AttentionCall.Random(new(1, 1, 64, 200, 64), ElementType.Float32);

        // Far outside the range of Float16, and such that the scores are as they were; a key has its own unit, and so has a query.
        AssertClose(host, call with { Query = Scaled(call.Query, _ => 1e-20f), Key = Scaled(call.Key, _ => 1e20f) });
        AssertClose(host, call with { Query = Scaled(call.Query, _ => 1e30f), Key = Scaled(call.Key, _ => 1e-30f) });
        AssertClose(host, call with { Key = Scaled(call.Key, row => MathF.ScaleB(1, -row)) });
        AssertClose(host, call with { Value = Scaled(call.Value, _ => 1e30f) });
        AssertClose(host, call with { Value = Scaled(call.Value, _ => 1e-35f) });
        AssertClose(host, call with { Value = Scaled(call.Value, row => MathF.ScaleB(1, (row * 37 % 80) - 40)) });
    }

    [TestMethod]
    public void HiddenKeys_TakeNothingFromTheOthers()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        AttentionShape shape = new(1, 1, 64, 200, 64);
        bool[] visible = [.. Enumerable.Range(0, 200).Select(key => key % 3 != 1)];
        AttentionCall call =
            AttentionCall.Random(shape, ElementType.Float32, new() { Mask = AttentionMask.Boolean(visible, 1, 1, 1, 200) });
        float[] expected = call.Run(host, Split, ElementType.Float32, out _);

        foreach (float nonsense in new[] { float.MaxValue, -1e30f, float.PositiveInfinity, float.NaN })
        {
            AttentionCall spoilt = call with
            {
                Key = Hidden(call.Key, nonsense),
                Value = Hidden(call.Value, nonsense),
            };

            SameBits.Assert(expected, spoilt.Run(host, Split, ElementType.Float32, out _), $"{nonsense}");
        }

        float[] Hidden(float[] rows, float number) => [.. rows.Select((x, i) => visible[i / 64] ? x : number)];
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void ABadQueryOrKey_SpoilsTheRowsThatMeetItOnly(float bad)
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        AttentionCall call = AttentionCall.Random(new(1, 1, 150, 150, 64), ElementType.Float32, new() { Causal = true });
        float[] expected = call.Run(host, Split, ElementType.Float32, out _);
        float[] query = [.. call.Query], key = [.. call.Key];
        query[(17 * 64) + 3] = bad;
        key[(100 * 64) + 5] = bad;

        float[] actual = (call with { Query = query, Key = key }).Run(host, Split, ElementType.Float32, out _);

        for (int i = 0; i < actual.Length; i++)
            Assert.AreEqual(i / 64 is 17 or >= 100 ? float.NaN : expected[i], actual[i], $"row {i / 64}");
    }

    [TestMethod]
    public void TilesOf64And128Rows_GiveTheSameBits()
    {
        using AttentionHost host = CudaTest.Host(CudaTest.Open("9.0"));
        foreach (int headDim in new[] { 40, 128, 160 })
        {
            AttentionCall call = AttentionCall.Random(new(1, 2, 150, 170, headDim), ElementType.Float32, new() { Causal = true });
            float[] of64 = (call with { Planning = new() { SliceRows = 64 } }).Run(host, Split, ElementType.Float32, out _);
            float[] of128 = (call with { Planning = new() { SliceRows = 128 } }).Run(host, Split, ElementType.Float32, out _);

            SameBits.Assert(of64, of128, $"head dim {headDim}");
        }
    }

    private static float[] Scaled(float[] rows, Func<int, float> scaleOfRow) => [.. rows.Select((x, i) => x * scaleOfRow(i / 64))];

    private static void AssertClose(AttentionHost host, AttentionCall call)
    {
        float[] actual = call.Run(host, Split, ElementType.Float32, out RunReport report);

        Assert.IsTrue(report.Plan.Variant.Traits.SplitsFloat32);
        double error = RelativeError.Of(call.Reference().Output, actual);
        Assert.IsLessThan(Bound, error);
    }
}
