using System.Globalization;

namespace KernelGen.Lab.Sass;

/// <summary>The overlap of a mainloop's floating-point arithmetic with the products of its own warpgroup.</summary>
/// <param name="FloatInstructions">Floating-point instructions once round.</param>
/// <param name="BesideProducts">Those of them that are issued while products of the same warpgroup are under way.</param>
/// <remarks>
/// The tensor cores have work while softmax runs only where softmax stands before the wait for the products that were begun before it. The
/// assembler may move that wait up, across arithmetic that does not need the products, and says nothing of it: only the machine code tells.
/// </remarks>
public sealed record ProductOverlap(int FloatInstructions, int BesideProducts)
{
    /// <summary>Every floating-point instruction is issued while products are under way.</summary>
    public bool IsWhole => BesideProducts == FloatInstructions;

    /// <summary>Follows the groups of products that are under way, round a loop.</summary>
    /// <param name="path">The instructions once round.</param>
    public static ProductOverlap Of(IReadOnlyList<SassInstruction> path)
    {
        int floats = 0, beside = 0, groups = 0;
        bool open = false;

        // The first round only determines what is in flight when the next begins.
        for (int round = 0; round < 2; round++)
        {
            foreach (SassInstruction instruction in path)
            {
                InstructionKind kind = instruction.Kind;
                if (kind == InstructionKind.MatrixProduct && MatrixProduct.Of(instruction) is { OfWarpgroup: true } product)
                {
                    open = !product.ClosesGroup;
                    groups += product.ClosesGroup ? 1 : 0;
                }
                else if (kind == InstructionKind.ProductWait)
                {
                    groups = Math.Min(groups, GroupsLeft(instruction));
                }
                else if (round == 1 && InstructionKinds.IsFloatArithmetic(kind))
                {
                    floats++;
                    beside += open || groups > 0 ? 1 : 0;
                }
            }
        }

        return new(floats, beside);
    }

    /// <summary>The number of groups that a wait leaves in flight: the second operand of <c>WARPGROUP.DEPBAR.LE gsb0, 0x1</c>.</summary>
    private static int GroupsLeft(SassInstruction wait)
    {
        string last = wait.Operands.Split(',', StringSplitOptions.TrimEntries)[^1];
        return last.StartsWith("0x", StringComparison.Ordinal)
            ? int.Parse(last.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : 0;
    }
}
