using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelGen.Lab.Sass;

/// <summary>Shape and operands of a matrix product.</summary>
/// <param name="Rows">Rows of A and of the sums.</param>
/// <param name="Columns">Columns of B and of the sums.</param>
/// <param name="Depth">Columns of A, rows of B.</param>
/// <param name="OfWarpgroup">Four warps do it together, and its operands come from shared memory.</param>
/// <param name="RegistersOfA">A product of a warpgroup takes A from registers.</param>
/// <param name="ClosesGroup">A product of a warpgroup is the last of a group that can be waited for.</param>
public sealed partial record MatrixProduct(int Rows, int Columns, int Depth, bool OfWarpgroup, bool RegistersOfA, bool ClosesGroup)
{
    /// <summary>Reads a product.</summary>
    /// <param name="instruction">An instruction of <see cref="InstructionKind.MatrixProduct"/>.</param>
    public static MatrixProduct Of(SassInstruction instruction)
    {
        if (WarpgroupShape().Match(instruction.Opcode) is { Success: true } shape)
        {
            string[] operands = instruction.Operands.Split(',', StringSplitOptions.TrimEntries);
            bool registers = operands.Length > 1 && operands[1] is ['R', >= '0' and <= '9', ..];
            return new(Number(shape, 1), Number(shape, 2), Number(shape, 3), OfWarpgroup: true, registers, operands.Contains("gsb0"));
        }

        int depth = instruction.Has(".1688") ? 8 : instruction.Has(".1684") ? 4 : 16;
        return new(16, 8, depth, OfWarpgroup: false, RegistersOfA: true, ClosesGroup: false);

        static int Number(Match match, int group) =>
            int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>The shape as PTX writes it, such as <c>m64n128k16</c>.</summary>
    public override string ToString() => Invariant($"m{Rows}n{Columns}k{Depth}");

    [GeneratedRegex(@"GMMA\.(\d+)x(\d+)x(\d+)")]
    private static partial Regex WarpgroupShape();
}
