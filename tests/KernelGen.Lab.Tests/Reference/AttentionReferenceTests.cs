using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.Lab.Tests.Reference;

/// <summary>The float64 reference against calls whose results are known without it.</summary>
[TestClass]
public sealed class AttentionReferenceTests
{
    private const int HeadDim = 8;

    [TestMethod]
    public void Equal_scores_give_the_mean_of_the_values()
    {
        AttentionShape shape = new(1, 1, 1, 4, HeadDim);
        float[] values = Values(4);
        AttentionResult result = AttentionReference.Compute<float>(shape, new(), new float[HeadDim], new float[4 * HeadDim], values);

        Assert.AreSequenceEqual([.. Enumerable.Repeat(0.25, 4)], result.Map);
        Assert.AreEqual(Math.Log(4), result.LogSumExp[0], 1e-15);
        Assert.AreEqual((0 + 1 + 2 + 3) / 4.0, result.Output[0], 1e-15);
    }

    [TestMethod]
    public void A_score_is_the_product_times_the_scale()
    {
        // Two keys whose scores are 0 and log 3 give the weights 1/4 and 3/4.
        AttentionShape shape = new(1, 1, 1, 2, HeadDim);
        float[] query = new float[HeadDim], keys = new float[2 * HeadDim];
        query[0] = 1;
        keys[HeadDim] = 2;
        AttentionResult result =
            AttentionReference.Compute<float>(shape, new() { Scale = (float)(Math.Log(3) / 2) }, query, keys, Values(2));

        Assert.AreEqual(0.25, result.Map[0], 1e-7);
        Assert.AreEqual(0.75, result.Output[0], 1e-7);
    }

    [TestMethod]
    public void A_causal_row_sees_the_keys_up_to_its_own()
    {
        AttentionShape shape = new(1, 1, 3, 3, HeadDim);
        AttentionResult result = AttentionReference.Compute<float>(
            shape, new() { Causal = true }, new float[3 * HeadDim], new float[3 * HeadDim], Values(3));

        Assert.AreSequenceEqual([1.0, 0, 0, 0.5, 0.5, 0], result.Map.Take(6));
        Assert.AreEqual(0.5, result.Output[HeadDim], 1e-15);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_hidden_key_takes_no_part_whatever_it_holds(bool boolean)
    {
        AttentionShape shape = new(1, 1, 1, 2, HeadDim);
        float[] keys = new float[2 * HeadDim], values = Values(2);
        keys.AsSpan(HeadDim).Fill(float.NaN);
        values.AsSpan(HeadDim).Fill(float.PositiveInfinity);
        AttentionMask mask = boolean
            ? AttentionMask.Boolean(new[] { true, false }, 1, 1, 1, 2)
            : AttentionMask.Additive(new[] { 0, float.NegativeInfinity }, 1, 1, 1, 2);
        AttentionResult result = AttentionReference.Compute<float>(shape, new() { Mask = mask }, new float[HeadDim], keys, values);

        Assert.AreSequenceEqual([1.0, 0], result.Map);
        Assert.IsTrue(result.Output.All(element => element == 0), "the first value is 0");
    }

    [TestMethod]
    public void A_row_without_keys_is_zeros()
    {
        AttentionShape shape = new(1, 1, 1, 2, HeadDim);
        AttentionMask mask = AttentionMask.Boolean(new[] { false, false }, 1, 1, 1, 2);
        AttentionResult result =
            AttentionReference.Compute<float>(shape, new() { Mask = mask }, new float[HeadDim], new float[2 * HeadDim], Values(2));

        Assert.IsTrue(result.Output.All(element => element == 0));
        Assert.AreEqual(double.NegativeInfinity, result.LogSumExp[0]);
    }

    [TestMethod]
    public void A_visible_NaN_reaches_its_own_row_only()
    {
        AttentionShape shape = new(1, 1, 2, 2, HeadDim);
        float[] queries = new float[2 * HeadDim];
        queries[0] = float.NaN;
        AttentionResult result = AttentionReference.Compute<float>(shape, new(), queries, new float[2 * HeadDim], Values(2));

        Assert.IsTrue(double.IsNaN(result.Output[0]));
        Assert.AreEqual(0.5, result.Output[HeadDim], 1e-15);
    }

    [TestMethod]
    public void Heads_share_the_keys_of_their_group_in_both_layouts()
    {
        AttentionShape shape = new(2, 4, 3, 5, HeadDim, keyValueHeads: 2);
        float[] query = RandomTensors.Normal<float>(shape.QueryElements, 1);
        float[] key = RandomTensors.Normal<float>(shape.KeyElements, 2);
        float[] value = RandomTensors.Normal<float>(shape.KeyElements, 3);
        AttentionResult headsFirst = AttentionReference.Compute<float>(shape, new(), query, key, value);
        AttentionResult rowsFirst = AttentionReference.Compute<float>(
            shape, new() { Layout = AttentionLayout.BatchRowsHeads },
            RowsFirst(query, 2, 4, 3), RowsFirst(key, 2, 2, 5), RowsFirst(value, 2, 2, 5));

        Assert.AreSequenceEqual(headsFirst.Output, rowsFirst.Output);
        Assert.AreNotEqual(headsFirst.LogSumExp[0], headsFirst.LogSumExp[2 * 3], "other keys, other sums");
    }

    // Each key's value is its number.
    private static float[] Values(int keys) => [.. Enumerable.Range(0, keys * HeadDim).Select(index => (float)(index / HeadDim))];

    private static float[] RowsFirst(float[] tensor, int batch, int heads, int rows)
    {
        float[] result = new float[tensor.Length];
        for (int item = 0; item < batch; item++)
        {
            for (int head = 0; head < heads; head++)
            {
                for (int row = 0; row < rows; row++)
                    tensor.AsSpan(((((item * heads) + head) * rows) + row) * HeadDim, HeadDim)
                        .CopyTo(result.AsSpan(((((item * rows) + row) * heads) + head) * HeadDim));
            }
        }

        return result;
    }
}
