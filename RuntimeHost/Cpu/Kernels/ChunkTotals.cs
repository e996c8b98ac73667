using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// What the chunks of keys that a tile is done with have given: each chunk is added up from zero and folded in here, in the order of the
/// keys, so that errors do not grow with the number of keys.
/// </summary>
/// <remarks>
/// Outputs and sums are pairs of fp32 numbers, the second of which holds what rounding took from the first: what is folded stays exact,
/// be it of a chunk or of millions of keys (T. J. Dekker, "A floating-point technique for extending the available precision", 1971). A
/// chunk without a key that a row sees leaves the row's numbers as they are. The pairs are met once a chunk, so that they may leave the
/// caches in between.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe struct ChunkTotals
{
    private readonly int _rows;
    private readonly int _headDim;
    private readonly float* _output;
    private readonly float* _outputRest;
    private readonly float* _sum;
    private readonly float* _sumRest;
    private readonly float* _maximum;
    private readonly float* _factors;
    private bool _hasChunk;

    /// <summary>Lays the totals out. The first chunk begins them.</summary>
    /// <param name="scratch">Room for <c>rows * (2 * headDim + 3)</c> numbers and two lane groups.</param>
    /// <param name="rows">Rows of the tile, padded to whole lane groups.</param>
    /// <param name="headDim">Elements of a row.</param>
    public ChunkTotals(float* scratch, int rows, int headDim)
    {
        (_rows, _headDim) = (rows, headDim);
        _output = scratch;
        _outputRest = _output + ((long)rows * headDim);
        _sum = _outputRest + ((long)rows * headDim);
        _sumRest = _sum + rows;
        _maximum = _sumRest + rows;
        _factors = _maximum + rows;
    }

    /// <summary>Folds a chunk, and begins the next one.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="output">The chunk's output, lane group after lane group, each <c>[headDim][lane]</c>; zero on return.</param>
    /// <param name="maximum">What its weights are relative to; negative infinity on return. Or null where that is the maximum of all
    /// keys.</param>
    /// <param name="sum">Its sums of weights; zero on return.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fold<TVector>(float* output, float* maximum, float* sum)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        if (_hasChunk)
        {
            for (int first = 0; first < _rows; first += 2 * TVector.Count)
            {
                Factors<TVector>(maximum, first);
                Add<TVector>(output, sum, first, rounds: false);
            }
        }
        else
        {
            _hasChunk = true;
            new Span<float>(output, _rows * _headDim).CopyTo(new(_output, _rows * _headDim));
            new Span<float>(_outputRest, _rows * _headDim).Clear();
            new Span<float>(sum, _rows).CopyTo(new(_sum, _rows));
            new Span<float>(_sumRest, _rows).Clear();
            if (maximum != null)
            {
                new Span<float>(maximum, _rows).CopyTo(new(_maximum, _rows));
            }
        }

        new Span<float>(output, _rows * _headDim).Clear();
        new Span<float>(sum, _rows).Clear();
        if (maximum != null)
        {
            new Span<float>(maximum, _rows).Fill(float.NegativeInfinity);
        }
    }

    /// <summary>Folds the last chunk, and rounds what comes of all.</summary>
    /// <typeparam name="TVector">The vector.</typeparam>
    /// <param name="output">The chunk's output, lane group after lane group, each <c>[headDim][lane]</c>; that of all keys on
    /// return.</param>
    /// <param name="maximum">What its weights are relative to; the maximum of all keys on return. Or null where it is that already.</param>
    /// <param name="sum">Its sums of weights; those of all keys on return.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Finish<TVector>(float* output, float* maximum, float* sum)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        for (int first = 0; _hasChunk && first < _rows; first += 2 * TVector.Count)
        {
            Factors<TVector>(maximum, first);
            Add<TVector>(output, sum, first, rounds: true);
            if (maximum != null)
            {
                new Span<float>(_maximum + first, 2 * TVector.Count).CopyTo(new(maximum + first, 2 * TVector.Count));
            }
        }
    }

    // From the maximum before, and from the chunk's, to that of both: a lane group of factors each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Factors<TVector>(float* maximum, int first)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        if (maximum == null)
        {
            new Span<float>(_factors, 4 * TVector.Count).Fill(1f);
            return;
        }

        LaneExponential<TVector> exponential = new();
        for (int lane = 0; lane < 2 * TVector.Count; lane += TVector.Count)
        {
            TVector before = TVector.Load(_maximum + first + lane), chunk = TVector.Load(maximum + first + lane);
            TVector risen = TVector.Max(before, chunk), reference = LaneSoftmax.Reference(risen);
            TVector.Store(exponential.Exp2(before - reference), _factors + lane);
            TVector.Store(exponential.Exp2(chunk - reference), _factors + (2 * TVector.Count) + lane);
            TVector.Store(risen, _maximum + first + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Add<TVector>(float* output, float* sum, int first, bool rounds)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        long at = (long)first * _headDim;
        int lanes = 2 * TVector.Count;
        for (int lane = 0; lane < lanes; lane += TVector.Count)
        {
            TVector before = TVector.Load(_factors + lane), ofChunk = TVector.Load(_factors + lanes + lane);
            Add(_sum + first + lane, _sumRest + first + lane, sum + first + lane, before, ofChunk, rounds);
            float* total = _output + at + lane, rest = _outputRest + at + lane, part = output + at + lane;
            for (float* end = part + ((long)_headDim * lanes); part < end; part += lanes, total += lanes, rest += lanes)
            {
                Add(total, rest, part, before, ofChunk, rounds);
            }
        }
    }

    /// <summary>Adds a chunk's number to a pair: the sum and what its rounding took away.</summary>
    /// <remarks>D. E. Knuth, The Art of Computer Programming 2, theorem 4.2.2 B.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add<TVector>(ref TVector total, ref TVector rest, TVector part, TVector before, TVector ofChunk)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        TVector left = total * before, right = part * ofChunk;
        TVector sum = left + right, taken = sum - left;
        rest = (rest * before) + ((left - (sum - taken)) + (right - taken));
        total = sum;
    }

    /// <summary>What a pair is in the end: an infinity or a NaN has no rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Round<TVector>(TVector total, TVector rest)
        where TVector : unmanaged, ILaneVector<TVector> =>
        TVector.SelectEqual(rest - rest, TVector.Create(0f), total + rest, total);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TVector>(float* total, float* rest, float* part, TVector before, TVector ofChunk, bool rounds)
        where TVector : unmanaged, ILaneVector<TVector>
    {
        TVector sum = TVector.Load(total), lost = TVector.Load(rest);
        Add(ref sum, ref lost, TVector.Load(part), before, ofChunk);
        if (rounds)
        {
            TVector.Store(Round(sum, lost), part);
            return;
        }

        TVector.Store(sum, total);
        TVector.Store(lost, rest);
    }
}
