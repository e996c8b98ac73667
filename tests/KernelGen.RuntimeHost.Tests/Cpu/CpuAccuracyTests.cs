using KernelGen.Cpu;
using KernelGen.Kernels;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cpu;

/// <summary>Errors do not grow with the number of keys.</summary>
[TestClass]
public sealed class CpuAccuracyTests
{
    private const int MaxWideHeadDim = 128;

    [TestMethod]
    [DataRow(40, 16384, KernelFamily.Streaming)]
    [DataRow(64, 16384, KernelFamily.Streaming)]
    [DataRow(128, 16384, KernelFamily.Streaming)]
    [DataRow(160, 16384, KernelFamily.Streaming)]
    [DataRow(512, 16384, KernelFamily.Streaming)]
    [DataRow(64, 16384, KernelFamily.Materialized)]
    [DataRow(512, 16384, KernelFamily.Materialized)]
    [DataRow(40, 1 << 20, KernelFamily.Streaming)]
    [DataRow(64, 1 << 20, KernelFamily.Materialized)]
    public void RandomValues_AreAsCloseWithManyKeysAsWithFew(int headDim, int keys, KernelFamily family)
    {
        CpuCall call = CpuCall.Random(new(1, 1, keys > 16384 ? 2 : 40, keys, headDim), ElementType.Float32) with
        {
            Planning = new() { Family = family },
        };
        double[] expected = call.Reference().Output;
        foreach (CpuVectorPath path in CpuCall.SupportedPaths)
        {
            double error = RelativeError.Of(expected, (call with { Path = path }).Run(ElementType.Float32));
            Console.WriteLine($"d={headDim}, {keys} keys, {family}, {path}: {error:e2}");

            Assert.IsLessThanOrEqualTo(Bound(headDim, keys), error, $"{path}");
        }
    }

    // Equal values are harder than random ones: their roundings all go one way.
    [TestMethod]
    [DataRow(40, 16384, KernelFamily.Streaming)]
    [DataRow(64, 16384, KernelFamily.Streaming)]
    [DataRow(128, 16384, KernelFamily.Streaming)]
    [DataRow(512, 16384, KernelFamily.Streaming)]
    [DataRow(128, 16384, KernelFamily.Materialized)]
    [DataRow(40, 1 << 20, KernelFamily.Streaming)]
    [DataRow(40, 1 << 20, KernelFamily.Materialized)]
    public void EqualValues_ComeBack(int headDim, int keys, KernelFamily family)
    {
        const float Value = 0.1f;
        CpuCall call = CpuCall.Random(new(1, 1, 1, keys, headDim), ElementType.Float32) with { Planning = new() { Family = family } };
        Array.Clear(call.Query);
        Array.Fill(call.Value, Value);
        foreach (CpuVectorPath path in CpuCall.SupportedPaths)
        {
            float[] output = (call with { Path = path }).Run(ElementType.Float32);
            double error = output.Max(static number => Math.Abs((number / (double)Value) - 1));
            Console.WriteLine($"d={headDim}, {keys} keys, {family}, {path}: {error:e2}");

            Assert.IsLessThanOrEqualTo(Bound(headDim, keys), error, $"{path}");
        }
    }

    // Sums of 2^24 and more ones: fp32 cannot count on from there by ones.
    [TestMethod]
    [DataRow(KernelFamily.Streaming)]
    [DataRow(KernelFamily.Materialized)]
    public void LogSumExp_OfMillionsOfEqualKeys_IsExact(KernelFamily family)
    {
        const int Keys = (1 << 24) + 1001, HeadDim = 8;
        using AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 1, FreeBytes = 1L << 34 });
        float[] query = new float[HeadDim], row = [.. Enumerable.Range(1, HeadDim)], output = new float[HeadDim], logSumExp = new float[1];
        AttentionShape shape = new(1, 1, 1, Keys, HeadDim);
        TensorStrides oneRow = new(0, 0, 0);

        host.Run<float>(
            host.Plan<float>(CpuTestAttention.Catalogue, shape, new() { Family = family }), query, row, row, output,
            new() { KeyStrides = oneRow, ValueStrides = oneRow, LogSumExp = logSumExp });

        Assert.AreEqual((float)Math.Log(Keys), logSumExp[0]);
        for (int d = 0; d < HeadDim; d++)
            Assert.AreEqual(row[d], output[d], 1e-6 * row[d]);
    }

    // A row that sees few chunks has the bits that it has where there are no others.
    [TestMethod]
    public void HiddenChunks_LeaveTheNumbersAlone()
    {
        CpuCall call = CpuCall.Random(new(1, 1, 3000, 3000, 64), ElementType.Float32, new() { Causal = true });
        float[] all = call.Run(ElementType.Float32);
        foreach (int rows in new[] { 3, 959, 960, 961, 1400, 2100 })
        {
            CpuCall first = call with
            {
                Shape = new(1, 1, rows, 3000, 64), Query = call.Query[..(rows * 64)],
            };

            SameBits.Assert(all.AsSpan(0, rows * 64), first.Run(ElementType.Float32), $"{rows} rows");
        }
    }

    private static double Bound(int headDim, int keys) => headDim <= MaxWideHeadDim && keys <= 16384 ? 6e-7 : 1e-6;
}
