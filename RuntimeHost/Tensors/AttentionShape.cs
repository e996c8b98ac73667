
namespace KernelGen.Tensors;

/// <summary>The sizes of one attention call: <c>softmax(Q K^T * scale) V</c> for every batch item and head.</summary>
/// <remarks>
/// Q is <c>[batch, heads, queries, headDim]</c>, K and V are <c>[batch, keyValueHeads, keys, headDim]</c>, the output is shaped like Q;
/// other layouts are described by <see cref="TensorStrides"/>. No queries or no keys are legal: there is nothing to do, or every row is
/// zero.
/// </remarks>
public readonly record struct AttentionShape
{
    /// <summary>The smallest and the step of the head dims that kernels exist for.</summary>
    public const int HeadDimStep = 8;

    /// <summary>The largest head dim that kernels exist for.</summary>
    public const int MaxHeadDim = 512;

    /// <summary>Describes an attention call.</summary>
    /// <param name="batch">Batch items, at least 1 (after doubling for classifier-free guidance, where that is used).</param>
    /// <param name="heads">Query heads, at least 1.</param>
    /// <param name="queries">Query rows of each head.</param>
    /// <param name="keys">Key and value rows of each head.</param>
    /// <param name="headDim">Elements of a row: a multiple of 8 from 8 to 512.</param>
    /// <param name="keyValueHeads">
    /// Key/value heads; a divisor of <paramref name="heads"/> (grouped-query attention; 1 is multi-query attention). 0 means as many as
    /// heads.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    /// <exception cref="ArgumentException"><paramref name="keyValueHeads"/> does not divide <paramref name="heads"/>.</exception>
    public AttentionShape(int batch, int heads, int queries, int keys, int headDim, int keyValueHeads = 0)
    {
        Require(batch >= 1, nameof(batch), batch, "at least 1");
        Require(heads >= 1, nameof(heads), heads, "at least 1");
        Require(queries >= 0, nameof(queries), queries, "0 or more");
        Require(keys >= 0, nameof(keys), keys, "0 or more");
        Require(
            headDim >= HeadDimStep && headDim <= MaxHeadDim && headDim % HeadDimStep == 0,
            nameof(headDim), headDim, "a multiple of 8 from 8 to 512");
        Require(keyValueHeads >= 0, nameof(keyValueHeads), keyValueHeads, "0 (as many as heads) or a divisor of heads");
        if (keyValueHeads != 0 && heads % keyValueHeads != 0)
        {
            throw new ArgumentException(
                Invariant($"keyValueHeads is {keyValueHeads}; it must divide heads, which is {heads}."),
                nameof(keyValueHeads));
        }

        if ((long)batch * heads > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(batch), batch, "batch x heads must stay below 2^31.");
        }

        Batch = batch;
        Heads = heads;
        Queries = queries;
        Keys = keys;
        HeadDim = headDim;
        KeyValueHeads = keyValueHeads == 0 ? heads : keyValueHeads;
    }

    /// <summary>Batch items.</summary>
    public int Batch { get; }

    /// <summary>Query heads of a batch item.</summary>
    public int Heads { get; }

    /// <summary>Query rows of a head.</summary>
    public int Queries { get; }

    /// <summary>Key and value rows of a head.</summary>
    public int Keys { get; }

    /// <summary>Elements of a row.</summary>
    public int HeadDim { get; }

    /// <summary>Key/value heads of a batch item; each serves <c>Heads / KeyValueHeads</c> query heads.</summary>
    public int KeyValueHeads { get; }

    /// <summary>Batch times heads: the independent attention problems of the call.</summary>
    public int TotalHeads => Batch * Heads;

    /// <summary>
    /// Elements of the full score matrix, <c>batch * heads * queries * keys</c>. It passes 2^31 already for SD 1.5 at 1024x1024.
    /// </summary>
    /// <remarks>Element counts and bytes stop at 2^63 - 1.</remarks>
    public long ScoreElements => Product(TotalHeads, Queries, Keys);

    /// <summary>Elements of Q, and of the output.</summary>
    public long QueryElements => Product(TotalHeads, Queries, HeadDim);

    /// <summary>Elements of K, and of V.</summary>
    public long KeyElements => Product(Batch * KeyValueHeads, Keys, HeadDim);

    /// <summary>Multiply-add work in floating-point operations: 2 for Q K^T and 2 for P V per score element and head dim.</summary>
    public double FloatingPointOperations => 4.0 * TotalHeads * Queries * Keys * HeadDim;

    /// <summary>Bytes of Q, K, V and the output together.</summary>
    /// <param name="elementType">Their element type.</param>
    public long TensorBytes(ElementType elementType) =>
        Saturate((((Int128)2 * QueryElements) + ((Int128)2 * KeyElements)) * elementType.SizeInBytes());

    /// <summary>The shape in one line, such as <c>2 x 8 heads, 4096 x 4096, d=40</c>.</summary>
    public override string ToString()
    {
        string keyValue = KeyValueHeads == Heads ? "" : Invariant($" ({KeyValueHeads} key/value heads)");
        return Invariant($"{Batch} x {Heads} heads{keyValue}, {Queries} x {Keys}, d={HeadDim}");
    }

    private static long Saturate(Int128 value) => (long)Int128.Min(value, long.MaxValue);

    // None is negative, and the first two have no more than 62 bits together.
    private static long Product(int first, int second, int third)
    {
        long high = Math.BigMul((long)first * second, third, out long low);
        return high == 0 && low >= 0 ? low : long.MaxValue;
    }

    private static void Require(bool holds, string name, int value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {expected}.");
        }
    }
}
