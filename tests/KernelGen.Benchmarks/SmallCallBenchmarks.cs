using BenchmarkDotNet.Attributes;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.Benchmarks;

/// <summary>One small attention call, where overhead shows: the goal is zero bytes allocated per call.</summary>
[Config(typeof(BenchmarkSettings))]
public class SmallCallBenchmarks
{
    private readonly AttentionShape _shape = new(batch: 1, heads: 1, queries: 64, keys: 77, headDim: 40);
    private readonly AttentionHost _host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu });
    private readonly BenchmarkAttention _attention;
    private readonly SlicePlan _plan;
    private readonly float[] _query;
    private readonly float[] _key;
    private readonly float[] _value;
    private readonly float[] _output;

    public SmallCallBenchmarks()
    {
        _attention = new(_host);
        _plan = _attention.Plan<float>(_shape);
        Random random = new(1);
        _query = Numbers(_shape.QueryElements);
        _key = Numbers(_shape.KeyElements);
        _value = Numbers(_shape.KeyElements);
        _output = new float[_shape.QueryElements];

        float[] Numbers(long count) => [.. Enumerable.Range(0, (int)count).Select(_ => random.NextSingle() - 0.5f)];
    }

    [Benchmark(Baseline = true)]
    public void Run() => _attention.Run<float>(_plan, _query, _key, _value, _output);

    [Benchmark]
    public void PlanAndRun() => _attention.Run<float>(_attention.Plan<float>(_shape), _query, _key, _value, _output);

    [GlobalCleanup]
    public void Cleanup() => _host.Dispose();
}
