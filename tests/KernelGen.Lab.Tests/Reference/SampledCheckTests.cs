using KernelGen.Execution;
using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.Lab.Tests.Reference;

/// <summary>What the check of <c>attend --check</c> lets pass, for every kind of mask.</summary>
[TestClass]
public sealed class SampledCheckTests
{
    private static readonly AttentionShape _shape = new(2, 2, 12, 33, 8);

    public static IEnumerable<(string Name, bool Causal, AttentionMask? Mask)> Masks()
    {
        yield return ("none", false, null);
        yield return ("causal", true, null);
        bool[] attend = [.. Biases(0, 1, wholeRows: false).Select(bias => bias == 0)];
        yield return ("Boolean", false, AttentionMask.Boolean(attend, 2, 1, 12, 33));
        foreach (float hidden in new[] { float.NegativeInfinity, float.MinValue, -3.3895e38f, -65504, -10_000, -1e9f, -1e30f, 3e38f })
        {
            yield return ($"{hidden} at padding", false, AttentionMask.Additive(Biases(0, hidden, wholeRows: false), 2, 1, 12, 33));
            yield return (
                $"{hidden} at padding, with whole rows", false, AttentionMask.Additive(Biases(0, hidden, wholeRows: true), 2, 1, 12, 33));
            yield return ($"{hidden} at padding, causal", true, AttentionMask.Additive(Biases(0, hidden, wholeRows: true), 2, 1, 12, 33));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Masks))]
    public void Zeros_Noise_AndMeans_Fail(string name, bool causal, AttentionMask? mask)
    {
        foreach (int seed in new[] { 1, 2 })
        {
            (float[] query, float[] key, float[] value, AttentionOptions options) = Call(causal, mask, seed);
            float[] right = Right(query, key, value, options);
            float mean = value.Average();
            (string What, float[] Output)[] wrong =
            [
                ("zeros", new float[right.Length]),
                ("noise", RandomTensors.Normal<float>(right.Length, 99)),
                ("tiny noise", [.. RandomTensors.Normal<float>(right.Length, 99).Select((x, i) => right[i] + (x * 0.1f))]),
                ("the mean of all values", [.. Enumerable.Repeat(mean, right.Length)]),
                ("the right output of the first row everywhere", [.. right.Select((_, i) => right[i % 8])]),
                ("NaN", [.. Enumerable.Repeat(float.NaN, right.Length)]),
            ];
            foreach ((string what, float[] output) in wrong)
            {
                SampledCheck check = SampledCheck.Compare<float>(_shape, query, key, value, output, options, 256);
                Assert.IsFalse(check.Passed, $"{name}: {what} passes with {check}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Masks))]
    public void TheRightOutput_Passes_WithABoundOfRounding(string name, bool causal, AttentionMask? mask)
    {
        (float[] query, float[] key, float[] value, AttentionOptions options) = Call(causal, mask, seed: 1);
        SampledCheck check = SampledCheck.Compare<float>(_shape, query, key, value, Right(query, key, value, options), options, 256);

        Assert.IsTrue(check.Passed, $"{name}: {check}");
        Assert.IsLessThan(name.Contains("whole", StringComparison.Ordinal) || name.Contains("causal", StringComparison.Ordinal)
            ? 5e-3
            : 3e-6, check.Bound, name);
        Assert.AreEqual(_shape.TotalHeads * _shape.Queries, check.Rows, name);
    }

    [TestMethod]
    public void ARowThatFp32KnowsTooLittleOf_IsLeftOut()
    {
        // The bias leaves scores of a few units a few steps of fp32.
        float[] bias = [.. Enumerable.Repeat(-3e7f, 33)];
        (float[] query, float[] key, float[] value, AttentionOptions options) =
            Call(false, AttentionMask.Additive(bias, 1, 1, 1, 33), seed: 1);
        SampledCheck check = SampledCheck.Compare<float>(_shape, query, key, value, Right(query, key, value, options), options, 256);

        Assert.IsLessThan(_shape.TotalHeads * _shape.Queries, check.Rows);
    }

    [TestMethod]
    public void AnElementOfNoNumber_MustBeWhereItBelongs()
    {
        (float[] query, float[] key, float[] value, AttentionOptions options) = Call(true, null, seed: 1);
        value[(5 * 8) + 3] = float.PositiveInfinity;
        float[] right = Right(query, key, value, options);
        Assert.IsTrue(SampledCheck.Compare<float>(_shape, query, key, value, right, options, 256).Passed);

        right[(7 * 8) + 3] = 1;
        Assert.IsFalse(SampledCheck.Compare<float>(_shape, query, key, value, right, options, 256).Passed);
    }

    // The last keys of item 1 are padding; with whole rows, rows 3 and 4 of both items see nothing else.
    private static float[] Biases(float seen, float hidden, bool wholeRows)
    {
        float[] biases = new float[2 * 12 * 33];
        for (int i = 0; i < biases.Length; i++)
        {
            (int item, int row, int key) = (i / (12 * 33), i / 33 % 12, i % 33);
            biases[i] = (item == 1 && key >= 20) || (wholeRows && row is 3 or 4) ? hidden : seen;
        }

        return biases;
    }

    private static (float[] Query, float[] Key, float[] Value, AttentionOptions Options) Call(bool causal, AttentionMask? mask, int seed) =>
        (RandomTensors.Normal<float>(_shape.QueryElements, seed), RandomTensors.Normal<float>(_shape.KeyElements, seed + 10),
            RandomTensors.Normal<float>(_shape.KeyElements, seed + 20), new() { Causal = causal, Mask = mask });

    private static float[] Right(float[] query, float[] key, float[] value, AttentionOptions options) =>
        [.. AttentionReference.Compute<float>(_shape, options, query, key, value).Output.Select(number => (float)number)];
}
