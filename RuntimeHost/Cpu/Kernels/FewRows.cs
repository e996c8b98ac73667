using System.ComponentModel;
using System.Runtime.CompilerServices;
using KernelGen.Kernels;

namespace KernelGen.Cpu.Kernels;

/// <summary>
/// The few query rows of a slice that share a key/value head, and one chunk of its keys at a time: each key and each value is read once
/// for all of them.
/// </summary>
/// <remarks>
/// Rows are those of a head, then those of the next. Numbers of a row lie one after the other, unlike in other kernels, where rows are the
/// lanes; every number is made in the same order there.
/// </remarks>
/// <typeparam name="TElement">The tensors' element type.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe partial struct FewRows<TElement, TVector>
    where TElement : unmanaged
    where TVector : unmanaged, ILaneVector<TVector>
{
    // The generator counts with these numbers, too (FewQueriesScratch).
    private const int MostRows = 16;
    private const int MostSpan = 48;
    private const int MostLanes = 32;
    private const int MaskStep = 48;
    private const int MostVector = 16;
    private const int ValueRowsAhead = 32;

    private readonly TileTensors<TElement> _tensors;
    private readonly int _head;
    private readonly int _headDim;
    private readonly int _spanKeys;
    private readonly int _pitch;
    private readonly float* _queries;
    private readonly float* _keyRows;
    private readonly float* _keyTile;
    private readonly float* _values;
    private readonly float* _scores;
    private readonly float* _maximum;
    private readonly float* _sum;
    private readonly float* _rescale;
    private readonly float* _biases;
    private readonly float* _lanes;
    private float* _output;
    private float* _spare;

    /// <summary>Lays the scratch out and packs the rows.</summary>
    /// <param name="call">The call.</param>
    /// <param name="head">The first head of the slice that shares the keys.</param>
    /// <param name="factor">The scale of the scores in units of log2.</param>
    /// <param name="headDim">Elements of a row.</param>
    /// <param name="keyBlock">The most keys of a block.</param>
    /// <param name="spanKeys">Keys whose weighted values are added up from zero.</param>
    /// <param name="scratch">The worker's.</param>
    public FewRows(in KernelArguments call, int head, float factor, int headDim, int keyBlock, int spanKeys, byte* scratch)
    {
        int group = call.Heads / call.KeyValueHeads;
        _tensors = new(call, head);
        (_head, _headDim, _spanKeys, _pitch) = (head, headDim, spanKeys, (keyBlock + (2 * MostVector) - 1) / MostVector * MostVector);
        Count = (Math.Min(((head / group) + 1) * group, call.HeadBegin + call.HeadCount) - head) * call.RowCount;
        _queries = (float*)scratch;
        _output = _queries + (MostRows * headDim);
        _spare = _output + (MostRows * headDim);
        _keyRows = _spare + (MostRows * headDim);
        _keyTile = _keyRows + (KeyLanes.TileKeys * headDim);
        _values = _keyTile + (KeyLanes.TileKeys * headDim);
        _scores = _values + (MostSpan * headDim);
        _maximum = _scores + (MostRows * _pitch);
        _sum = _maximum + MostRows + MostLanes;
        _rescale = _sum + MostRows;
        _biases = _rescale + MostRows;
        _lanes = _biases + _pitch;
        for (int row = 0; row < Count; row++)
        {
            TElement* query = new TileTensors<TElement>(call, HeadOf(call, row)).Query + (RowOf(call, row) * call.QueryStrides.Row);
            LaneRows.Widen<TElement, TVector>(query, headDim, factor, _queries + (row * headDim));
        }

        new Span<float>(_output, Count * headDim).Clear();
        LaneSoftmax.Reset(_maximum, _sum, Count);

        // What lanes without a key hold is computed with.
        new Span<float>(_keyRows, 2 * KeyLanes.TileKeys * headDim).Clear();
    }

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>Scores of a block of keys; the scale is in them already.</summary>
    /// <param name="call">The call.</param>
    /// <param name="keyBegin">The first key.</param>
    /// <param name="keyCount">Keys.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Scores(in KernelArguments call, int keyBegin, int keyCount)
    {
        long stride = call.KeyStrides.Row;
        for (int key = 0; key < keyCount; key += KeyLanes.TileKeys)
        {
            int count = Math.Min(KeyLanes.TileKeys, keyCount - key);
            TElement* source = _tensors.Key + ((keyBegin + key) * stride);
            TElement* next = source + (KeyLanes.TileKeys * stride);
            nint step = stride == _headDim ? KeyLanes.TileKeys / 2 * sizeof(TElement) : 0;
            if (step == 0)
            {
                Prefetch.Rows(next, stride, KeyLanes.TileKeys, _headDim);
            }

            Turn(source, stride, count);
            int row = 0;
            for (; row <= Count - KeyLanes.RowGroup; row += KeyLanes.RowGroup, step = 0)
            {
                KeyLanes.ScoresOfFour<TVector>(
                    _queries + (row * _headDim), _keyTile, _headDim, _scores + (row * _pitch) + key, _pitch, (byte*)next, step);
            }

            for (; row < Count; row++, step = 0)
            {
                KeyLanes.ScoresOfOne<TVector>(
                    _queries + (row * _headDim), _keyTile, _headDim, _scores + (row * _pitch) + key, (byte*)next, step);
            }
        }
    }

    /// <summary>Finishes the scores of a block: what a mask and causality hide becomes negative infinity.</summary>
    /// <param name="call">The call.</param>
    /// <param name="keyBegin">The first key.</param>
    /// <param name="keyCount">Keys.</param>
    public readonly void Finish(in KernelArguments call, int keyBegin, int keyCount)
    {
        for (int row = 0; row < Count && (call.MaskKind != 0 || call.Causal != 0); row++)
        {
            float* scores = _scores + (row * _pitch);
            if (call.MaskKind != 0)
            {
                LaneMask.ApplyToRow<TVector>(call, HeadOf(call, row), RowOf(call, row), keyBegin, keyCount, _biases, scores);
            }

            int visible = call.Causal != 0 ? Math.Clamp(RowOf(call, row) + 1 - keyBegin, 0, keyCount) : keyCount;
            new Span<float>(scores + visible, keyCount - visible).Fill(float.NegativeInfinity);
        }
    }

    /// <summary>The same by a function that has rows in the lanes, as <c>cpu/finish-scores.cs.sbn</c> has.</summary>
    /// <param name="call">The call.</param>
    /// <param name="keyBegin">The first key.</param>
    /// <param name="keyCount">Keys.</param>
    /// <param name="finish">Finishes the scores of some rows of a head: <c>(call, head, row, rows, first, keyBegin, keyEnd, score, maximum,
    /// newMaximum, biasRows, biasLanes)</c>, where the maxima of the rows are from <c>maximum + first</c> on.</param>
    public readonly void FinishInLanes(
        in KernelArguments call, int keyBegin, int keyCount,
        delegate*<in KernelArguments, int, int, int, int, int, int, float*, float*, float*, float*, float*, void> finish)
    {
        int lanes = 2 * TVector.Count;
        float* biasRows = _lanes + (keyCount * MostLanes), biasLanes = biasRows + (MaskStep * MostLanes);
        float* newMaximum = biasLanes + (MaskStep * MostLanes);
        for (int row = 0, rows; row < Count; row += rows)
        {
            int query = RowOf(call, row);
            rows = Math.Min(lanes, call.RowBegin + call.RowCount - query);
            new Span<float>(_lanes, keyCount * lanes).Clear();
            LaneTranspose.Transpose(_scores + (row * _pitch), _pitch, rows, keyCount, _lanes, lanes);
            LaneSoftmax.Raise<TVector>(_lanes, keyCount, _maximum + row, newMaximum);
            finish(
                call, HeadOf(call, row), query, rows, row, keyBegin, keyBegin + keyCount, _lanes, _maximum, newMaximum, biasRows,
                biasLanes);
            LaneTranspose.Transpose(_lanes, lanes, keyCount, rows, _scores + (row * _pitch), _pitch);
        }
    }

    /// <summary>Scores become weights, relative to the maximum with this block, and the weighted values join the output.</summary>
    /// <param name="call">The call.</param>
    /// <param name="keyBegin">The first key.</param>
    /// <param name="keyCount">Keys.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Values(in KernelArguments call, int keyBegin, int keyCount)
    {
        // Memory is not to be idle while scores become weights.
        long stride = call.ValueStrides.Row;
        Prefetch.Rows(_tensors.Value + ((keyBegin + ValueRowsAhead) * stride), stride, ValueRowsAhead / 2, _headDim);
        for (int row = 0; row < Count; row++)
        {
            Weigh(row, keyCount);
        }

        for (int row = 0; row < Count; row += KeyLanes.RowGroup)
        {
            AddWeights(row, keyCount);
        }

        bool hides = call.MaskKind != 0 || call.Causal != 0;
        for (int key = 0; key < keyCount; key += _spanKeys)
        {
            int count = Math.Min(_spanKeys, keyCount - key);
            TElement* source = _tensors.Value + ((keyBegin + key) * stride);
            float* values = LaneRows.Dense<TElement, TVector>(source, stride, count, 1, _headDim, _values);

            // Zero weight does not silence a NaN: where keys are hidden, values that are not finite are kept apart.
            bool hidesNonFinite = hides && HiddenValues.AnyNonFinite<TVector>(values, count * _headDim);
            if (hidesNonFinite)
            {
                HiddenValues.CopyFinite(values, count * _headDim, _values);
                values = _values;
            }

            if (_headDim < TVector.Count)
            {
                AddValues<LaneVector256>(call, source, values, key, count);
            }
            else
            {
                AddValues<TVector>(call, source, values, key, count);
            }

            float* before = _output;
            _output = _spare;
            _spare = before;
            for (int row = 0; hidesNonFinite && row < Count; row++)
            {
                HiddenValues.AddNonFinite(
                    call, HeadOf(call, row), RowOf(call, row), rows: 1, keyBegin + key, count, _headDim, lanes: 1, source,
                    _scores + (row * _pitch) + key, _output + (row * _headDim));
            }
        }
    }

    /// <summary>Divides the output by the sums of weights and writes its rows, and the log-sum-exp where the call asks for it.</summary>
    /// <param name="call">The call.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Write(in KernelArguments call)
    {
        for (int row = 0; row < Count; row++)
        {
            int head = HeadOf(call, row), query = RowOf(call, row);
            if (_headDim < TVector.Count)
            {
                Divide<LaneVector256>(row);
            }
            else
            {
                Divide<TVector>(row);
            }

            LaneRows.Narrow<TElement, TVector>(
                _values, _headDim, new TileTensors<TElement>(call, head).Output + (query * call.OutputStrides.Row));
            if (call.LogSumExp != 0)
            {
                LaneSoftmax.WriteLogSumExp(
                    _maximum + row, _sum + row, rows: 1, (float*)call.LogSumExp + ((long)head * call.Queries) + query);
            }
        }
    }

    private readonly int HeadOf(in KernelArguments call, int row) => _head + (row / call.RowCount);

    private readonly int RowOf(in KernelArguments call, int row) => call.RowBegin + (row % call.RowCount);

    // A tile of keys, from rows to lanes.
    private readonly void Turn(TElement* source, long stride, int count)
    {
        if (typeof(TElement) == typeof(float))
        {
            LaneTranspose.Transpose((float*)source, stride, count, _headDim, _keyTile, KeyLanes.TileKeys);
        }
        else if (long.IsEvenInteger(stride))
        {
            // Elements of 16 bits are turned in pairs, which takes half as long, and widened where they have come to lie.
            LaneTranspose.Transpose((float*)source, stride / 2, count, _headDim / 2, _keyRows, KeyLanes.TileKeys);
            KeyLanes.WidenPairs<TElement, TVector>(_keyRows, _headDim, _keyTile);
        }
        else
        {
            float* rows = LaneRows.Dense<TElement, TVector>(source, stride, count, 1, _headDim, _keyRows);
            LaneTranspose.Transpose(rows, _headDim, count, _headDim, _keyTile, KeyLanes.TileKeys);
        }
    }

    // The row moves on to its maximum with the block, and its scores become weights.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Weigh(int row, int keys)
    {
        float* scores = _scores + (row * _pitch);
        TVector hidden = TVector.Create(float.NegativeInfinity), most = hidden;

        // Lanes past the last key hold none.
        new Span<float>(scores + keys, TVector.Count).Fill(float.NegativeInfinity);
        for (int k = 0; k < keys; k += TVector.Count)
        {
            most = TVector.Max(most, TVector.Load(scores + k));
        }

        float maximum = _maximum[row];
        float* lanes = _biases;
        TVector.Store(most, lanes);
        for (int lane = 0; lane < TVector.Count; lane++)
        {
            maximum = lanes[lane] > maximum ? lanes[lane] : maximum;
        }

        LaneExponential<TVector> exponential = new();
        TVector reference = LaneSoftmax.Reference(TVector.Create(maximum));
        TVector.Store(exponential.Exp2(TVector.Create(_maximum[row]) - reference), lanes);
        _maximum[row] = maximum;
        _rescale[row] = lanes[0];
        for (int k = 0; k < keys; k += TVector.Count)
        {
            TVector.Store(exponential.Exp2(TVector.Load(scores + k) - reference), scores + k);
        }
    }

    // The sums of four rows at a time: additions that wait for each other, so that one row takes as long. There may be fewer rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void AddWeights(int row, int keys)
    {
        int row1 = Math.Min(row + 1, Count - 1), row2 = Math.Min(row + 2, Count - 1), row3 = Math.Min(row + 3, Count - 1);
        float* w0 = _scores + (row * _pitch), w1 = _scores + (row1 * _pitch);
        float* w2 = _scores + (row2 * _pitch), w3 = _scores + (row3 * _pitch);
        float sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
        for (int k = 0; k < keys; k++)
        {
            sum0 += w0[k];
            sum1 += w1[k];
            sum2 += w2[k];
            sum3 += w3[k];
        }

        sum3 += _sum[row3] * _rescale[row3];
        sum2 += _sum[row2] * _rescale[row2];
        sum1 += _sum[row1] * _rescale[row1];
        sum0 += _sum[row] * _rescale[row];
        (_sum[row3], _sum[row2], _sum[row1], _sum[row]) = (sum3, sum2, sum1, sum0);
    }

    // A span. What was there before is rescaled with the first of a block.
    private readonly void AddValues<TLanes>(in KernelArguments call, TElement* source, float* values, int key, int count)
        where TLanes : unmanaged, ILaneVector<TLanes>
    {
        byte* ahead = (byte*)(source + (ValueRowsAhead * call.ValueStrides.Row));
        nint step = (nint)call.ValueStrides.Row * sizeof(TElement), vector = TLanes.Count * sizeof(TElement);
        if (key > 0)
        {
            new Span<float>(_rescale, Count).Fill(1f);
        }

        int row = 0;
        for (; row <= Count - KeyLanes.RowGroup; row += KeyLanes.RowGroup)
        {
            int at = row * _headDim;
            KeyLanes.ValuesOfFour<TLanes>(
                _scores + (row * _pitch) + key, _pitch, values, count, _headDim, _output + at, _rescale + row, _spare + at,
                ahead, step, vector);
        }

        for (; row < Count; row++)
        {
            int at = row * _headDim;
            KeyLanes.ValuesOfOne<TLanes>(
                _scores + (row * _pitch) + key, values, count, _headDim, _output + at, _rescale[row], _spare + at, ahead, step, vector);
        }
    }

    private readonly void Divide<TLanes>(int row)
        where TLanes : unmanaged, ILaneVector<TLanes>
    {
        TLanes factor = TLanes.Create(_sum[row] == 0f ? 0f : 1f / _sum[row]), zero = TLanes.Create(0f);
        for (int d = 0; d < _headDim; d += TLanes.Count)
        {
            int at = Math.Min(d, _headDim - TLanes.Count);
            TLanes.Store((TLanes.Load(_output + (row * _headDim) + at) * factor) + zero, _values + at);
        }
    }
}
