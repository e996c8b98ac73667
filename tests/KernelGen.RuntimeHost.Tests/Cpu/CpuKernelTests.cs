using KernelGen.Cpu;
using KernelGen.Execution;
using KernelGen.Planning;
using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

[TestClass]
public sealed class CpuKernelTests
{
    [TestMethod]
    [DataRow(8)]
    [DataRow(24)]
    [DataRow(40)]
    [DataRow(64)]
    [DataRow(72)]
    [DataRow(80)]
    [DataRow(128)]
    [DataRow(160)]
    [DataRow(512)]
    public void EveryHeadDim_AgreesWithTheReference_OnEveryPath(int headDim)
    {
        Random random = new(headDim);
        (int Queries, int Keys)[] lengths =
            [(1, 1), (1, 40), (33, 1), (5, 11), (16, 1700), (31, 13), (130, 77), (random.Next(1, 150), random.Next(1, 600))];
        foreach (ElementType elementType in Enum.GetValues<ElementType>())
        {
            foreach ((int queries, int keys) in lengths)
            {
                AssertAgrees(CpuCall.Random(new(1, 2, queries, keys, headDim), elementType, seed: queries + keys), elementType);
            }
        }
    }

    [TestMethod]
    [DataRow(200, 200)]
    [DataRow(300, 70)]
    [DataRow(70, 600)]
    public void Causal_AgreesWithTheReference(int queries, int keys) =>
        AssertAgrees(CpuCall.Random(new(1, 1, queries, keys, 64), ElementType.Float32, new() { Causal = true }), ElementType.Float32);

    [TestMethod]
    [DataRow(true, DisplayName = "boolean")]
    [DataRow(false, DisplayName = "additive")]
    public void Mask_OfEveryBroadcast_AgreesWithTheReference(bool boolean)
    {
        AttentionShape shape = new(2, 3, 45, 270, 40);
        for (int axes = 0; axes < 16; axes++)
        {
            int batch = (axes & 1) != 0 ? shape.Batch : 1, heads = (axes & 2) != 0 ? shape.Heads : 1;
            int queries = (axes & 4) != 0 ? shape.Queries : 1, keys = (axes & 8) != 0 ? shape.Keys : 1;
            AttentionMask mask = RandomMask(boolean, batch, heads, queries, keys, seed: axes);
            AssertAgrees(CpuCall.Random(shape, ElementType.Float32, new() { Mask = mask, Causal = axes % 3 == 0 }), ElementType.Float32);
        }
    }

    [TestMethod]
    public void GroupedQueries_UseTheirKeyValueHead() =>
        AssertAgrees(CpuCall.Random(new(2, 6, 40, 50, 40, keyValueHeads: 2), ElementType.Float16), ElementType.Float16);

    [TestMethod]
    public void FewGroupedQueries_UseTheirKeyValueHead() =>
        AssertAgrees(CpuCall.Random(new(2, 6, 5, 1500, 40, keyValueHeads: 2), ElementType.Float16), ElementType.Float16);

    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.BFloat16)]
    public void RowsOfHeadsInterleaved_AgreeWithTheReference(ElementType elementType) =>
        AssertAgrees(
            CpuCall.Random(new(2, 3, 150, 90, 72), elementType, new() { Layout = AttentionLayout.BatchRowsHeads, Causal = true }),
            elementType);

    [TestMethod]
    public void PaddedRows_AreReadAndWrittenByTheirStrides() =>
        AssertAgrees(
            CpuCall.Random(new(1, 2, 37, 45, 24), ElementType.Float32, new()
            {
                QueryStrides = new(0, 37 * 31, 31),
                KeyStrides = new(0, 24, 60),
                ValueStrides = new(0, 45 * 24, 24),
                OutputStrides = new(0, 40, 101),
            }),
            ElementType.Float32);

    [TestMethod]
    [DataRow(0f, DisplayName = "zero")]
    [DataRow(-2f, DisplayName = "negative")]
    [DataRow(40f, DisplayName = "scores in the thousands")]
    public void Scale_MayBeAnything(float scale) =>
        AssertAgrees(
            CpuCall.Random(new(1, 1, 40, 300, 64), ElementType.Float32, new() { Scale = scale }), ElementType.Float32, bound: 1e-4);

    [TestMethod]
    public void NoKeys_GiveZeros()
    {
        float[] logSumExp = new float[7];
        CpuCall call = CpuCall.Random(new(1, 1, 7, 0, 40), ElementType.Float32, new() { LogSumExp = logSumExp });
        foreach (PlanningOptions kernel in CpuCall.Kernels(call.Shape))
        {
            float[] output = (call with { Planning = kernel }).Run(ElementType.Float32);

            Assert.AreSequenceEqual(new float[7 * 40], output);
            Assert.AreSequenceEqual(Enumerable.Repeat(float.NegativeInfinity, 7), logSumExp);
        }
    }

    [TestMethod]
    [DataRow(-3e38f)]
    [DataRow(float.MinValue)]
    public void FiniteMask_HidesNothingForGood(float bias)
    {
        // Every key masked by a stand-in for minus infinity: as in PyTorch, the row is the average of all values.
        AttentionShape shape = new(1, 1, 9, 50, 40);
        float[] biases = new float[9 * 50];
        biases.AsSpan(0, 50).Fill(bias);
        AttentionOptions options = new() { Mask = AttentionMask.Additive(biases, 1, 1, 9, 50) };
        foreach (PlanningOptions kernel in CpuCall.Kernels(shape))
        {
            CpuCall call = CpuCall.Random(shape, ElementType.Float32, options) with { Planning = kernel };
            float[] output = call.Run(ElementType.Float32);

            Assert.AreEqual(Enumerable.Range(0, 50).Average(key => call.Value[key * 40]), output[0], 1e-6f);
        }
    }

    [TestMethod]
    public void NoQueries_IsNoWork()
    {
        float[] output = CpuCall.Random(new(1, 1, 0, 5, 40), ElementType.Float32).Run(ElementType.Float32, out RunReport report);

        Assert.IsEmpty(output);
        Assert.AreEqual(0, report.WorkspaceBytes);
    }

    [TestMethod]
    public void LargestHalves_AndSubnormalHalves_AreRead()
    {
        AttentionShape shape = new(1, 1, 40, 60, 40);
        CpuCall call = CpuCall.Random(shape, ElementType.Float16);
        float[] values =
            [.. call.Value.Select((_, i) => (i % 3) switch { 0 => 65504f, 1 => -65504f, _ => (float)Half.Epsilon * (i % 900) })];
        float[] queries = [.. call.Query.Select((_, i) => i % 2 == 0 ? (float)Half.Epsilon * (i % 1000) : 0.001f)];

        // Half a unit in the last place: every row is nearly the same, so their roundings do not average out.
        AssertAgrees(call with { Value = values, Query = queries }, ElementType.Float16, bound: 4.9e-4);
    }

    [TestMethod]
    [DataRow(ElementType.Float16)]
    [DataRow(ElementType.BFloat16)]
    [DataRow(ElementType.Float32)]
    public void Map_HoldsTheProbabilities(ElementType elementType)
    {
        AttentionShape shape = new(2, 2, 45, 263, 40);
        foreach (bool causal in new[] { false, true })
        {
            foreach (CpuVectorPath path in CpuCall.SupportedPaths)
            {
                float[] map = new float[shape.ScoreElements];
                Array.Fill(map, float.NaN);
                CpuCall call =
                    CpuCall.Random(shape, elementType, new() { Map = map, Causal = causal, Mask = RandomMask(true, 1, 1, 45, 263, 5) }) with
                {
                    Path = path,
                    Planning = new() { CaptureMap = true },
                };
                call.Run(elementType);

                Assert.IsLessThan(2e-6, RelativeError.Of(call.Reference().Map, map));
            }
        }
    }

    private static void AssertAgrees(CpuCall call, ElementType elementType, double? bound = null)
    {
        AttentionResult expected = call.Reference();
        foreach (PlanningOptions kernel in CpuCall.Kernels(call.Shape))
        {
            foreach (CpuVectorPath path in CpuCall.SupportedPaths)
            {
                float[] logSumExp = new float[expected.LogSumExp.Length];
                CpuCall variant = call with
                {
                    Path = path,
                    Threads = 2,
                    Planning = kernel,
                    Options = call.Options with { LogSumExp = logSumExp },
                };
                float[] actual = variant.Run(elementType, out RunReport report);

                string what = $"{report.Plan.Variant.Id}, {path}, {call.Shape}";
                double error = RelativeError.Of(expected.Output, actual);
                Assert.IsLessThan(
                    bound ?? elementType switch { ElementType.Float16 => 4e-4, ElementType.BFloat16 => 3e-3, _ => 2e-6 }, error, what);
                for (int row = 0; row < logSumExp.Length; row++)
                {
                    if (double.IsInfinity(expected.LogSumExp[row]))
                        Assert.AreEqual(float.NegativeInfinity, logSumExp[row], what);
                    else
                        Assert.AreEqual(
                            expected.LogSumExp[row], logSumExp[row], 2e-6 * Math.Max(10, Math.Abs(expected.LogSumExp[row])), what);
                }
            }
        }
    }

    internal static AttentionMask RandomMask(bool boolean, int batch, int heads, int queries, int keys, int seed)
    {
        Random random = new(seed);
        int count = batch * heads * queries * keys;

        // The fourth row sees nothing.
        bool[] attend = [.. Enumerable.Range(0, count).Select(i => random.Next(3) != 0 && i / keys % 5 != 3)];
        return boolean
            ? AttentionMask.Boolean(attend, batch, heads, queries, keys)
            : AttentionMask.Additive(
                attend.Select(seen => seen ? (float)random.NextDouble() * 4 - 2 : float.NegativeInfinity).ToArray(), batch, heads, queries,
                keys);
    }
}
