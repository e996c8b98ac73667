using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelGen.Lab.Sass;

/// <summary>Reads the text that <c>nvdisasm -c</c> writes of a cubin.</summary>
public static partial class SassText
{
    /// <summary>The functions of a listing that have code, in its order.</summary>
    /// <param name="listing">The text.</param>
    /// <exception cref="FormatException">The listing names no target, so that nothing is known of the GPU.</exception>
    public static IReadOnlyList<SassFunction> Parse(string listing)
    {
        List<SassFunction> functions = [];
        int? capability = null;
        string name = "";
        List<SassInstruction> code = [];
        Dictionary<string, int> labels = [];

        void EndFunction()
        {
            if (code.Count > 0)
                functions.Add(new(name, capability ?? throw new FormatException("The listing has no .target."), Linked(code, labels)));

            code = [];
            labels = [];
        }

        foreach (string line in listing.Split('\n'))
        {
            if (InstructionLine().Match(line) is { Success: true } instruction)
            {
                code.Add(new(
                    int.Parse(instruction.Groups["address"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                    instruction.Groups["guard"].Value,
                    instruction.Groups["opcode"].Value,
                    instruction.Groups["operands"].Value.Replace(".reuse", "", StringComparison.Ordinal)));
            }
            else if (SectionLine().Match(line) is { Success: true } section)
            {
                EndFunction();
                name = section.Groups[1].Value;
            }
            else if (LabelLine().Match(line) is { Success: true } label)
            {
                labels[label.Groups[1].Value] = code.Count;
            }
            else if (TargetLine().Match(line) is { Success: true } target)
            {
                capability = int.Parse(target.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        EndFunction();
        return functions;
    }

    /// <summary>Puts addresses in the place of labels, and finds out where branches go.</summary>
    private static List<SassInstruction> Linked(List<SassInstruction> code, Dictionary<string, int> labels)
    {
        const int InstructionBytes = 16;
        int end = code[^1].Address + InstructionBytes;
        return code.ConvertAll(instruction =>
        {
            List<int> targets = [];
            string operands = Label().Replace(instruction.Operands, match =>
            {
                if (!labels.TryGetValue(match.Groups[1].Value, out int index))
                    return match.Value;

                targets.Add(index < code.Count ? code[index].Address : end);
                return Invariant($"0x{targets[^1]:x}");
            });

            // Calls come back, and BSSY only names the place where BSYNC will meet.
            return instruction with { Operands = operands, Targets = instruction.Kind == InstructionKind.Branch ? targets : [] };
        });
    }

    //         /*02b0*/              @!P1 IADD3 R3, R3, -R8.reuse, RZ ;
    [GeneratedRegex(@"^\s*/\*(?<address>[0-9a-f]{4,})\*/\s+(?:(?<guard>@!?U?P[T\d]+)\s+)?(?<opcode>[A-Z][\w.]*)\s*(?<operands>.*?)\s*;")]
    private static partial Regex InstructionLine();

    // 	.section	.text.NAME,"ax",@progbits
    [GeneratedRegex(@"^\s*\.section\s+\.text\.([\w$]+)")]
    private static partial Regex SectionLine();

    // .L_x_835:
    [GeneratedRegex(@"^\s*(\.L_\w+):")]
    private static partial Regex LabelLine();

    // 	.target	sm_90a
    [GeneratedRegex(@"^\s*\.target\s+sm_(\d+)")]
    private static partial Regex TargetLine();

    // `(.L_x_835), or for a jump table (*"BRANCH_TARGETS .L_x_1234,.L_x_1235"*)
    [GeneratedRegex(@"(?:`\(|(?<=BRANCH_TARGETS [^""]*))(\.L_\w+)\)?")]
    private static partial Regex Label();
}
