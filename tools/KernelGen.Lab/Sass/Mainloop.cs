namespace KernelGen.Lab.Sass;

/// <summary>The mainloop of a kernel: its hot path, and what is counted on it.</summary>
/// <remarks>
/// The mainloop is the innermost loop with the most products once round it; where several loops have them (plain tiles, limited tiles,
/// masked tiles), the one with the fewest instructions, which is that of plain tiles. The hot path is the way round that
/// <see cref="PathWeight"/> calls the hottest: no mask, no rescaling, no non-finite values.
/// </remarks>
public sealed class Mainloop
{
    private readonly Dictionary<InstructionKind, int> _counts;

    private Mainloop(IReadOnlyList<SassInstruction> path, int loopInstructions, int computeCapability, int products)
    {
        Path = path;
        LoopInstructions = loopInstructions;
        Products = products;
        _counts = path.CountBy(instruction => instruction.Kind).ToDictionary();
        Clocks = UnitClocks.Of(path, computeCapability);
        Overlap = ProductOverlap.Of(path);
    }

    /// <summary>The instructions once round, in the order in which they are executed, beginning at the loop's header.</summary>
    public IReadOnlyList<SassInstruction> Path { get; }

    /// <summary>Instructions of the whole loop, rare ways included.</summary>
    public int LoopInstructions { get; }

    /// <summary>Products once round: of tensor cores, or multiply-adds in a function without.</summary>
    public int Products { get; }

    /// <summary>Waits for products of a warpgroup once round.</summary>
    public int ProductWaits => Count(InstructionKind.ProductWait);

    /// <summary>Loads and stores of local memory once round.</summary>
    public int LocalAccesses => Count(InstructionKind.LocalMemory);

    /// <summary>The clocks of each unit.</summary>
    public UnitClocks Clocks { get; }

    /// <summary>The overlap of floating-point arithmetic with the products of its own warpgroup.</summary>
    public ProductOverlap Overlap { get; }

    /// <summary>Each product of the warpgroup is waited for, so that none runs beside another.</summary>
    public bool IsSerialized => ProductWaits > 2 && ProductWaits >= Products;

    /// <summary>The number of instructions of each kind on the path, most frequent first.</summary>
    public IEnumerable<KeyValuePair<InstructionKind, int>> Counts =>
        _counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key);

    /// <summary>Finds the mainloop of a function; null where no loop has products.</summary>
    public static Mainloop? Find(SassFunction function)
    {
        bool hasTensorProducts = function.Instructions.Any(instruction => instruction.Kind == InstructionKind.MatrixProduct);
        InstructionKind product = hasTensorProducts ? InstructionKind.MatrixProduct : InstructionKind.FloatMultiplyAdd;
        FlowGraph graph = new(function);
        PathWeight[] weights = [.. graph.Blocks.Select(block => WeightOf(block, product))];

        NaturalLoop[] loops = [.. graph.Loops.Where(loop => loop.Blocks.Any(block => weights[block].Products > 0))];
        NaturalLoop[] innermost = [.. loops.Where(loop => !loops.Any(other => other.Blocks.IsProperSubsetOf(loop.Blocks)))];
        var best = innermost
            .Select(loop => (Loop: loop, Way: graph.BestWayRound(loop, block => weights[block])))
            .OrderByDescending(found => found.Way.Sum(block => weights[block].Products))
            .ThenBy(found => found.Way.Sum(block => weights[block].Instructions))
            .FirstOrDefault();
        return best.Loop is null
            ? null
            : new(
                [.. best.Way.SelectMany(block => graph.Blocks[block].Instructions)],
                best.Loop.Blocks.Sum(block => weights[block].Instructions),
                function.ComputeCapability,
                best.Way.Sum(block => weights[block].Products));
    }

    /// <summary>The number of instructions of a kind on the path.</summary>
    public int Count(InstructionKind kind) => _counts.GetValueOrDefault(kind);

    private static PathWeight WeightOf(BasicBlock block, InstructionKind product) => new(
        block.Instructions.Count(instruction => instruction.Kind == product),
        block.Instructions.Count(instruction => instruction.Kind == InstructionKind.AsyncCopy),
        block.Instructions.Count);
}
