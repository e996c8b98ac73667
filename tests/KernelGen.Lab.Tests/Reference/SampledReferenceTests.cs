using KernelGen.Execution;
using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.Lab.Tests.Reference;

[TestClass]
public sealed class SampledReferenceTests
{
    private static readonly AttentionShape _shape = new(1, 2, 20, 30, 8);
    private static readonly float[] _query = RandomTensors.Normal<float>(_shape.QueryElements, 1);
    private static readonly float[] _key = RandomTensors.Normal<float>(_shape.KeyElements, 2);
    private static readonly float[] _value = RandomTensors.Normal<float>(_shape.KeyElements, 3);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void RightOutput_HasAnErrorOfRounding(bool causal)
    {
        AttentionOptions options = new() { Causal = causal };
        Assert.IsLessThan(1e-6, SampledReference.Compute(_shape, _query, _key, _value, options).RelativeError(_shape, Output(options)));
    }

    [TestMethod]
    public void OneWrongRow_Shows()
    {
        float[] output = Output(AttentionOptions.Default);
        output.AsSpan(_shape.HeadDim * 13, _shape.HeadDim).Clear();
        Assert.IsGreaterThan(
            0.05, SampledReference.Compute(_shape, _query, _key, _value, AttentionOptions.Default).RelativeError(_shape, output));
    }

    [TestMethod]
    public void NaN_IsNoSmallError()
    {
        float[] output = Output(AttentionOptions.Default);
        output[0] = float.NaN;
        Assert.IsFalse(SampledReference.Compute(_shape, _query, _key, _value, AttentionOptions.Default).RelativeError(_shape, output) <= 1);
    }

    private static float[] Output(AttentionOptions options)
    {
        float[] output = new float[_shape.QueryElements];
        double[] row = new double[_shape.HeadDim];
        for (int index = 0; index < _shape.TotalHeads * _shape.Queries; index++)
        {
            AttentionReference.Row<float>(_shape, _query, _key, _value, options, index / _shape.Queries, index % _shape.Queries, row);
            for (int d = 0; d < row.Length; d++)
                output[(index * row.Length) + d] = (float)row[d];
        }

        return output;
    }
}
