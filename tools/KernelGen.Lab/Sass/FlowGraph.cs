namespace KernelGen.Lab.Sass;

/// <summary>The basic blocks of a function, and its loops.</summary>
public sealed class FlowGraph
{
    private readonly int[] _order;
    private readonly int[] _place;
    private readonly int[] _dominator;
    private readonly List<int>[] _predecessors;

    /// <summary>Builds the graph of a function.</summary>
    public FlowGraph(SassFunction function)
    {
        Blocks = BlocksOf(function.Instructions);
        _order = ReversePostorder();
        _place = [.. Enumerable.Repeat(int.MaxValue, Blocks.Count)];
        for (int i = 0; i < _order.Length; i++)
            _place[_order[i]] = i;

        _predecessors = [.. Blocks.Select(_ => new List<int>())];
        foreach (int block in _order)
        {
            foreach (int successor in Blocks[block].Successors)
                _predecessors[successor].Add(block);
        }

        _dominator = Dominators();
        Loops = NaturalLoops();
    }

    /// <summary>The blocks, by ascending address; the first is the entrance.</summary>
    public IReadOnlyList<BasicBlock> Blocks { get; }

    /// <summary>The loops, outer and inner ones.</summary>
    public IReadOnlyList<NaturalLoop> Loops { get; }

    /// <summary>The blocks once round a loop from its header, without going round an inner loop: of all ways the best.</summary>
    /// <param name="weight">The weight of a block; those of a way are added up, and the greatest sum is the best.</param>
    public IReadOnlyList<int> BestWayRound(NaturalLoop loop, Func<int, PathWeight> weight)
    {
        // Taken from the last block to the first in reverse postorder, so that what follows a block is known. Edges that go back are not
        // followed.
        Dictionary<int, (PathWeight Sum, int? Next)> best = [];
        foreach (int block in loop.Blocks.OrderByDescending(block => _place[block]))
        {
            PathWeight own = weight(block);
            (PathWeight Sum, int? Next)? found = null;
            foreach (int successor in Blocks[block].Successors)
            {
                (PathWeight Sum, int? Next)? way = null;
                if (successor == loop.Header)
                    way = (own, null);
                else if (_place[successor] > _place[block] && best.TryGetValue(successor, out (PathWeight Sum, int? Next) rest))
                    way = (own + rest.Sum, successor);

                if (way is { } candidate && (found is not { } known || candidate.Sum > known.Sum))
                    found = candidate;
            }

            if (found is { } chosen)
                best[block] = chosen;
        }

        List<int> path = [];
        for (int? block = loop.Header; block is { } at; block = best[at].Next)
            path.Add(at);

        return path;
    }

    private static List<BasicBlock> BlocksOf(IReadOnlyList<SassInstruction> code)
    {
        Dictionary<int, int> indexOf = [];
        for (int i = 0; i < code.Count; i++)
            indexOf[code[i].Address] = i;

        SortedSet<int> starts = [0];
        for (int i = 0; i < code.Count; i++)
        {
            foreach (int target in code[i].Targets)
            {
                if (indexOf.TryGetValue(target, out int index))
                    starts.Add(index);
            }

            if (EndsBlock(code[i]) && i + 1 < code.Count)
                starts.Add(i + 1);
        }

        int[] first = [.. starts];
        Dictionary<int, int> blockAt = first.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        List<BasicBlock> blocks = [];
        for (int block = 0; block < first.Length; block++)
        {
            int end = block + 1 < first.Length ? first[block + 1] : code.Count;
            SassInstruction last = code[end - 1];
            List<int> successors = [];
            foreach (int target in last.Targets.Distinct())
            {
                if (indexOf.TryGetValue(target, out int index))
                    successors.Add(blockAt[index]);
            }

            if (end < code.Count && (!EndsBlock(last) || last.IsConditional) && !successors.Contains(block + 1))
                successors.Add(block + 1);

            blocks.Add(new([.. code.Skip(first[block]).Take(end - first[block])], successors));
        }

        return blocks;
    }

    private static bool EndsBlock(SassInstruction instruction) => instruction.Kind == InstructionKind.Branch;

    private int[] ReversePostorder()
    {
        List<int> postorder = [];
        bool[] seen = new bool[Blocks.Count];
        Stack<(int Block, int Next)> stack = new([(0, 0)]);
        seen[0] = true;
        while (stack.TryPop(out (int Block, int Next) at))
        {
            IReadOnlyList<int> successors = Blocks[at.Block].Successors;
            if (at.Next == successors.Count)
            {
                postorder.Add(at.Block);
                continue;
            }

            stack.Push((at.Block, at.Next + 1));
            int successor = successors[at.Next];
            if (!seen[successor])
            {
                seen[successor] = true;
                stack.Push((successor, 0));
            }
        }

        postorder.Reverse();
        return [.. postorder];
    }

    /// <summary>
    /// The immediate dominator of each block, by the iteration of Cooper, Harvey and Kennedy; -1 for blocks that cannot be reached.
    /// </summary>
    private int[] Dominators()
    {
        int[] dominator = [.. Enumerable.Repeat(-1, Blocks.Count)];
        dominator[0] = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (int block in _order.Skip(1))
            {
                int common = -1;
                foreach (int predecessor in _predecessors[block].Where(predecessor => dominator[predecessor] >= 0))
                    common = common < 0 ? predecessor : Common(predecessor, common);

                changed |= dominator[block] != common;
                dominator[block] = common;
            }
        }

        return dominator;

        int Common(int a, int b)
        {
            while (a != b)
            {
                while (_place[a] > _place[b])
                    a = dominator[a];

                while (_place[b] > _place[a])
                    b = dominator[b];
            }

            return a;
        }
    }

    private List<NaturalLoop> NaturalLoops()
    {
        Dictionary<int, HashSet<int>> loops = [];
        foreach (int block in _order)
        {
            foreach (int header in Blocks[block].Successors.Where(successor => Dominates(successor, block)))
            {
                if (!loops.TryGetValue(header, out HashSet<int>? body))
                    loops[header] = body = [header];

                Stack<int> open = new([block]);
                while (open.TryPop(out int member))
                {
                    if (body.Add(member))
                        _predecessors[member].ForEach(open.Push);
                }
            }
        }

        return [.. loops.Select(loop => new NaturalLoop(loop.Key, loop.Value))];
    }

    private bool Dominates(int a, int b)
    {
        while (_place[b] > _place[a])
            b = _dominator[b];

        return a == b;
    }
}
