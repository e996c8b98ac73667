using KernelGen.Execution;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Reference;

/// <summary>Calls with numbers at the edges, and what <c>docs/reliability.md</c> says that they give, on every device.</summary>
internal static class EdgeCalls
{
    private const int Rows = 12;
    private const int Keys = 70;
    private const int HeadDim = 40;

    // Of the first tile and, where a tile has 64 keys, of the last one; the second is hidden by masks.
    private static readonly int[] _weightlessKeys = [9, 35, 66];

    private static readonly AttentionShape _shape = new(1, 1, Rows, Keys, HeadDim);

    /// <summary>Calls whose hidden keys are of no numbers at all: the output is that of the same call with zeros there.</summary>
    /// <param name="elementType">The tensors' type.</param>
    public static IEnumerable<(AttentionCall Call, string What)> HiddenNonFinite(ElementType elementType)
    {
        bool[] attend = [.. Enumerable.Range(0, Keys).Select(key => key is < 30 or (> 40 and < 60))];
        float[] bias = [.. attend.Select(seen => seen ? 0.5f : float.NegativeInfinity)];
        (AttentionOptions Options, Func<int, bool> Hidden, string What)[] ways =
        [
            (new() { Mask = AttentionMask.Boolean(attend, 1, 1, 1, Keys) }, key => !attend[key], "Boolean mask"),
            (new() { Mask = AttentionMask.Additive(bias, 1, 1, 1, Keys) }, key => !attend[key], "additive mask"),
            (new() { Causal = true }, key => key >= Rows, "causal"),
            (new() { Causal = true, Mask = AttentionMask.Boolean(attend, 1, 1, 1, Keys) }, key => key >= Rows || !attend[key],
                "causal and mask"),
        ];
        foreach ((AttentionOptions options, Func<int, bool> hidden, string what) in ways)
        {
            AttentionCall call = AttentionCall.Random(_shape, elementType, options);
            foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            {
                yield return (call with
                {
                    Key = [.. call.Key.Select((number, i) => hidden(i / HeadDim) ? float.NaN : number)],
                    Value = [.. call.Value.Select((number, i) => hidden(i / HeadDim) && i % 3 != 1 ? bad : number)],
                }, $"{what}, {bad}");
            }
        }
    }

    /// <summary>The same call with zeros in the place of what is no number.</summary>
    public static AttentionCall Cleaned(AttentionCall call) => call with { Key = Clean(call.Key), Value = Clean(call.Value) };

    /// <summary>Calls whose biases are beyond what fp32 holds in units of log2.</summary>
    public static IEnumerable<(AttentionCall Call, string What)> LargeBiases(ElementType elementType)
    {
        foreach ((float large, bool wholeRow) in new[]
        {
            (3e38f, false), (3e38f, true), (float.MaxValue, true), (-3e38f, true), (float.MinValue, true), (float.MinValue, false),
            (-3.3895e38f, true), (2.2e38f, true), (-2.2e38f, true),
        })
        {
            // Row 2 has the bias at one key or at all; row 3 sees one key and hides the others by it.
            float[] bias = new float[Rows * Keys];
            for (int key = 0; key < Keys; key++)
            {
                bias[(2 * Keys) + key] = wholeRow || key == 3 ? large : 0;
                bias[(3 * Keys) + key] = key == 5 ? 0.25f : -MathF.Abs(large);
            }

            yield return (AttentionCall.Random(_shape, elementType,
                new() { Mask = AttentionMask.Additive(bias, 1, 1, Rows, Keys), LogSumExp = new float[Rows] }),
                    $"{large} at {(wholeRow ? "all keys" : "one key")}");
        }
    }

    /// <summary>
    /// A call whose biases are all the least number, and one score of row 2, or all of row 3, is no number: their log-sum-exp is none.
    /// </summary>
    public static AttentionCall NoNumbersUnderLeastBiases(ElementType elementType)
    {
        AttentionCall call = AttentionCall.Random(_shape, elementType, new()
        {
            Mask = AttentionMask.Additive(Enumerable.Repeat(float.MinValue, Keys).ToArray(), 1, 1, 1, Keys),
            LogSumExp = new float[Rows],
        });

        // An infinity in key 5 hides it, but from row 2, whose score is 0 times infinity.
        return call with
        {
            Query =
            [
                .. call.Query.Select((number, i) => i / HeadDim == 3 ? float.NaN : i % HeadDim != 7 ? number : i / HeadDim == 2 ? 0 : 1),
            ],
            Key = [.. call.Key.Select((number, i) => i == (5 * HeadDim) + 7 ? float.NegativeInfinity : number)],
        };
    }

    /// <summary>What holds of <see cref="NoNumbersUnderLeastBiases"/>.</summary>
    public static void AssertNoNumbers(float[] output, float[] logSumExp, string what)
    {
        for (int row = 0; row < Rows; row++)
        {
            bool none = row is 2 or 3;
            Assert.AreEqual(none, float.IsNaN(output[row * HeadDim]), $"{what}, row {row}");
            Assert.AreEqual(none ? float.NaN : float.MinValue, logSumExp[row], $"{what}, row {row}");
        }
    }

    /// <summary>A call in which the only keys that row 4 sees have a score of negative infinity.</summary>
    public static AttentionCall ScoresOfNegativeInfinity(ElementType elementType)
    {
        bool[] attend = [.. Enumerable.Range(0, Rows * Keys).Select(i => i / Keys != 4 || i % Keys is 7 or 8)];
        AttentionCall call =
            AttentionCall.Random(
                _shape, elementType, new() { Mask = AttentionMask.Boolean(attend, 1, 1, Rows, Keys), LogSumExp = new float[Rows] });

        // Queries of positive numbers, and a key of negative infinities.
        return call with
        {
            Query = [.. call.Query.Select(number => MathF.Abs(number) + 0.125f)],
            Key = [.. call.Key.Select((number, i) => i / HeadDim is 7 or 8 ? float.NegativeInfinity : number)],
        };
    }

    /// <summary>A call in which row 4 is of no numbers and sees keys 0 to 4.</summary>
    public static AttentionCall RowOfNoNumbers(ElementType elementType, bool causal)
    {
        bool[] attend = [.. Enumerable.Range(0, Rows * Keys).Select(i => i % Keys <= i / Keys)];
        AttentionCall call = AttentionCall.Random(_shape, elementType, new()
        {
            Map = new float[Rows * Keys],
            Causal = causal,
            Mask = causal ? null : AttentionMask.Boolean(attend, 1, 1, Rows, Keys),
        });
        return call with
        {
            Query = [.. call.Query.Select((number, i) => i / HeadDim == 4 ? float.NaN : number)],
            Planning = new() { CaptureMap = true },
        };
    }

    /// <summary>
    /// Calls in which three keys have a weight of zero in every row that sees them, and an infinity in an element of their values, each in
    /// another one. Tiles of rows and of keys are plain, cut by causality, or the last ones; <c>Sees</c> tells which row sees which key.
    /// </summary>
    public static IEnumerable<(AttentionCall Call, Func<int, int, bool> Sees, string What)> InfinitiesOfWeightZero(
        ElementType elementType, int headDim = HeadDim)
    {
        AttentionShape shape = new(1, 1, 140, Keys, headDim);
        bool[] attend = [.. Enumerable.Range(0, Keys).Select(key => key is < 30 or (> 40 and < 68))];
        float[] bias = [.. attend.Select(seen => seen ? 0.5f : float.NegativeInfinity)];
        (AttentionOptions Options, Func<int, int, bool> Sees, string What)[] ways =
        [
            (new(), static (_, _) => true, "all keys"),
            (new() { Causal = true }, static (row, key) => key <= row, "causal"),
            (new() { Mask = AttentionMask.Boolean(attend, 1, 1, 1, Keys) }, (_, key) => attend[key], "Boolean mask"),
            (new() { Mask = AttentionMask.Additive(bias, 1, 1, 1, Keys) }, (_, key) => attend[key], "additive mask"),
            (new() { Causal = true, Mask = AttentionMask.Boolean(attend, 1, 1, 1, Keys) }, (row, key) => key <= row && attend[key],
                "causal and mask"),
        ];
        foreach ((AttentionOptions options, Func<int, int, bool> sees, string what) in ways)
        {
            AttentionCall call = AttentionCall.Random(shape, elementType, options);
            float[] key = [.. call.Key.Select((number, i) => Array.IndexOf(_weightlessKeys, i / headDim) < 0 ? number : -64f)];
            float[] value = [.. call.Value];
            for (int i = 0; i < _weightlessKeys.Length; i++)
                value[(_weightlessKeys[i] * headDim) + InfinityAt(i)] = float.PositiveInfinity;
            yield return (call with { Query = [.. call.Query.Select(static number => MathF.Abs(number) + 0.5f)], Key = key, Value = value },
                sees, what);
        }
    }

    /// <summary>
    /// What holds of <see cref="InfinitiesOfWeightZero"/>: infinities show in the rows that see their keys, and nowhere else.
    /// </summary>
    public static void AssertInfinitiesShow(float[] output, Func<int, int, bool> sees, string what, int headDim = HeadDim)
    {
        for (int i = 0; i < output.Length; i++)
        {
            (int row, int dim) = Math.DivRem(i, headDim);
            bool shows = _weightlessKeys.Where((key, index) => InfinityAt(index) == dim && sees(row, key)).Any();
            Assert.AreEqual(shows, !float.IsFinite(output[i]), $"{what}, row {row}, element {dim}: {output[i]}");
        }
    }

    /// <summary>What holds of <see cref="RowOfNoNumbers"/>: keys that a row does not see are 0 in its map, whatever the row is.</summary>
    public static void AssertHiddenKeysAreZero(float[] map, string what)
    {
        for (int i = 0; i < map.Length; i++)
        {
            (int row, int key) = Math.DivRem(i, Keys);
            if (key > row)
                Assert.AreEqual(0f, map[i], $"{what}, row {row}, key {key}");
            else
                Assert.AreEqual(row == 4, float.IsNaN(map[i]), $"{what}, row {row}, key {key}");
        }
    }

    /// <summary>Compares log-sum-exps with the reference, infinities and the largest numbers included.</summary>
    public static void AssertLogSumExp(double[] expected, float[] actual, string what)
    {
        for (int row = 0; row < expected.Length; row++)
        {
            if (double.IsInfinity(expected[row]))
                Assert.AreEqual(expected[row], actual[row], $"{what}, row {row}");
            else
                Assert.AreEqual(expected[row], actual[row], 1.1e-4 + (1e-5 * Math.Abs(expected[row])), $"{what}, row {row}");
        }
    }

    // Neighbours, and elements of two groups of eight.
    private static int InfinityAt(int index) => 14 + index;

    private static float[] Clean(float[] numbers) => [.. numbers.Select(number => float.IsFinite(number) ? number : 0)];
}
