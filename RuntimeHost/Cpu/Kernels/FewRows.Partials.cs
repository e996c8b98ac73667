using System.Runtime.CompilerServices;

namespace KernelGen.Cpu.Kernels;

// What chunks of keys leave, and how it is folded.
public unsafe partial struct FewRows<TElement, TVector>
{
    /// <summary>Leaves what a chunk gave: of each row the output, the maximum and the sum.</summary>
    /// <param name="partials">The partial results of the rows.</param>
    /// <param name="chunk">The chunk.</param>
    public readonly void Leave(float* partials, int chunk)
    {
        for (int row = 0; row < Count; row++)
        {
            float* partial = Partial(partials, chunk, row);
            new Span<float>(_output + (row * _headDim), _headDim).CopyTo(new(partial, _headDim));
            partial[_headDim] = _maximum[row];
            partial[_headDim + 1] = _sum[row];
        }
    }

    /// <summary>Folds what the chunks left, in the order of the keys, as <see cref="ChunkTotals"/> does.</summary>
    /// <param name="partials">The partial results of the rows; of no use afterwards.</param>
    /// <param name="chunks">Chunks, at least two.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Fold(float* partials, int chunks)
    {
        for (int row = 0; row < Count; row++)
        {
            FoldSums(partials, chunks, row);
            if (_headDim < TVector.Count)
            {
                FoldOutput<LaneVector256>(partials, chunks, row);
            }
            else
            {
                FoldOutput<TVector>(partials, chunks, row);
            }
        }
    }

    private readonly float* Partial(float* partials, int chunk, int row) =>
        partials + ((((long)chunk * Count) + row) * (_headDim + 2));

    // Maximum and sum of all chunks. In their place of a chunk, from the second on, come the factors to the maximum of all until then: of
    // what was before, and of the chunk.
    private readonly void FoldSums(float* partials, int chunks, int row)
    {
        LaneExponential<TVector> exponential = new();
        float* numbers = Partial(partials, 0, row) + _headDim;
        TVector maximum = TVector.Create(numbers[0]), sum = TVector.Create(numbers[1]), rest = TVector.Create(0f);
        for (int chunk = 1; chunk < chunks; chunk++)
        {
            numbers = Partial(partials, chunk, row) + _headDim;
            TVector ofChunk = TVector.Create(numbers[0]), risen = TVector.Max(maximum, ofChunk);
            TVector reference = LaneSoftmax.Reference(risen);
            TVector before = exponential.Exp2(maximum - reference), factor = exponential.Exp2(ofChunk - reference);
            ChunkTotals.Add(ref sum, ref rest, TVector.Create(numbers[1]), before, factor);
            TVector.Store(before, _biases);
            numbers[0] = _biases[0];
            TVector.Store(factor, _biases);
            numbers[1] = _biases[0];
            maximum = risen;
        }

        TVector.Store(maximum, _biases);
        _maximum[row] = _biases[0];
        TVector.Store(ChunkTotals.Round(sum, rest), _biases);
        _sum[row] = _biases[0];
    }

    private readonly void FoldOutput<TLanes>(float* partials, int chunks, int row)
        where TLanes : unmanaged, ILaneVector<TLanes>
    {
        for (int d = 0; d < _headDim; d += TLanes.Count)
        {
            int at = Math.Min(d, _headDim - TLanes.Count);
            TLanes sum = TLanes.Load(Partial(partials, 0, row) + at), rest = TLanes.Create(0f);
            for (int chunk = 1; chunk < chunks; chunk++)
            {
                float* partial = Partial(partials, chunk, row);
                ChunkTotals.Add(
                    ref sum, ref rest, TLanes.Load(partial + at), TLanes.Create(partial[_headDim]), TLanes.Create(partial[_headDim + 1]));
            }

            TLanes.Store(ChunkTotals.Round(sum, rest), _output + (row * _headDim) + at);
        }
    }
}
