using System.Diagnostics;
using System.Numerics.Tensors;
using KernelGen.Tensors;

namespace KernelGen.Lab.CpuBench;

/// <summary>
/// What a .NET developer would write today: the sliced attention that is customary in diffusion, on <see cref="TensorPrimitives"/>, slices
/// in parallel. For each query row of a slice: a dot product with each key, softmax, and the weighted sum of the values.
/// </summary>
internal static class DoggettxBaseline
{
    /// <summary>The name in results.</summary>
    public const string Name = "doggettx_tensor_primitives";

    /// <summary>Bursts that are timed.</summary>
    private const int Bursts = 5;

    /// <summary>
    /// Bursts before those, the first time: the runtime replaces code that is called often by faster code, in steps, a while later.
    /// </summary>
    private const int FirstWarmup = 40;

    private static bool _isWarm;

    /// <summary>Rows of a work item.</summary>
    private const int BlockRows = 16;

    private static readonly TimeSpan BurstTime = TimeSpan.FromMilliseconds(60);

    /// <summary>
    /// Times it. Its time is proportional to the query rows, so bursts of rows are timed and the median is scaled to all rows.
    /// </summary>
    /// <param name="shape">The call.</param>
    /// <param name="query">Q, dense <c>[B, H, L, D]</c>.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    /// <returns>Seconds for all rows.</returns>
    public static double Seconds<T>(AttentionShape shape, T[] query, T[] key, T[] value, int threads)
        where T : unmanaged
    {
        float[] q = ToSingle(query), k = ToSingle(key), v = ToSingle(value);
        long begin = Stopwatch.GetTimestamp();
        q = ToSingle(query);
        k = ToSingle(key);
        v = ToSingle(value);
        double conversion = Stopwatch.GetElapsedTime(begin).TotalSeconds;

        float[] output = new float[q.Length];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads };
        int blocksPerHead = (shape.Queries + BlockRows - 1) / BlockRows;
        int blocks = blocksPerHead * shape.TotalHeads;
        List<double> secondsPerBlock = [];
        int next = 0;
        int warmup = _isWarm ? 1 : FirstWarmup;
        _isWarm = true;
        for (int burst = 0; burst < warmup + Bursts; burst++)
        {
            begin = Stopwatch.GetTimestamp();
            int done = 0;
            do
            {
                // As many blocks as keep every thread busy for a while, around the tensor as often as it takes.
                int count = Math.Min(blocks, 4 * threads);
                int first = next;
                Parallel.For(0, count, parallel, i =>
                {
                    (int head, int block) = Math.DivRem((first + i) % blocks, blocksPerHead);
                    int from = block * BlockRows;
                    Slice(shape, q, k, v, output, head, from, Math.Min(from + BlockRows, shape.Queries));
                });
                next = (next + count) % blocks;
                done += count;
            }
            while (Stopwatch.GetElapsedTime(begin) < BurstTime);

            if (burst >= warmup)
                secondsPerBlock.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds / done);
        }

        secondsPerBlock.Sort();
        return conversion + (secondsPerBlock[secondsPerBlock.Count / 2] * blocks);
    }

    /// <summary>Computes a call.</summary>
    /// <param name="shape">The call.</param>
    /// <param name="query">Q, dense <c>[B, H, L, D]</c>.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    /// <param name="output">Receives the result.</param>
    public static void Run(AttentionShape shape, float[] query, float[] key, float[] value, float[] output, int threads)
    {
        int blocksPerHead = (shape.Queries + BlockRows - 1) / BlockRows;
        int blocks = blocksPerHead * shape.TotalHeads;
        if (threads == 1)
        {
            for (int i = 0; i < blocks; i++)
                Block(i);
            return;
        }

        Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = threads }, Block);

        void Block(int index)
        {
            (int head, int block) = Math.DivRem(index, blocksPerHead);
            int from = block * BlockRows;
            Slice(shape, query, key, value, output, head, from, Math.Min(from + BlockRows, shape.Queries));
        }
    }

    private static void Slice(AttentionShape shape, float[] query, float[] key, float[] value, float[] output, int head, int from, int to)
    {
        int d = shape.HeadDim;
        int keyHead = (head / shape.Heads * shape.KeyValueHeads) + (head % shape.Heads / (shape.Heads / shape.KeyValueHeads));
        ReadOnlySpan<float> keys = key.AsSpan(keyHead * shape.Keys * d, shape.Keys * d);
        ReadOnlySpan<float> values = value.AsSpan(keyHead * shape.Keys * d, shape.Keys * d);
        float scale = 1 / MathF.Sqrt(d);
        float[] scores = new float[shape.Keys];
        for (int row = from; row < to; row++)
        {
            int offset = ((head * shape.Queries) + row) * d;
            ReadOnlySpan<float> q = query.AsSpan(offset, d);
            for (int j = 0; j < scores.Length; j++)
                scores[j] = TensorPrimitives.Dot(q, keys.Slice(j * d, d)) * scale;

            TensorPrimitives.SoftMax(scores, scores);
            Span<float> sum = output.AsSpan(offset, d);
            sum.Clear();
            for (int j = 0; j < scores.Length; j++)
                TensorPrimitives.MultiplyAdd(values.Slice(j * d, d), scores[j], sum, sum);
        }
    }

    private static float[] ToSingle<T>(T[] tensor)
        where T : unmanaged
    {
        if (tensor is float[] already)
            return already;

        float[] converted = new float[tensor.Length];
        if (tensor is Half[] halves)
        {
            TensorPrimitives.ConvertToSingle(halves, converted);
            return converted;
        }

        BFloat16[] numbers = (BFloat16[])(object)tensor;
        for (int i = 0; i < converted.Length; i++)
            converted[i] = (float)numbers[i];
        return converted;
    }
}
