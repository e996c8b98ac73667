using System.Text.RegularExpressions;

namespace KernelGen.Lab.Jit;

/// <summary>Reads what the JIT writes with <c>DOTNET_JitDisasm</c>, on x64.</summary>
public static partial class JitListing
{
    /// <summary>The methods of a listing, in its order.</summary>
    /// <param name="listing">The text.</param>
    public static IReadOnlyList<JitMethod> Parse(string listing)
    {
        List<JitMethod> methods = [];
        string? name = null;
        List<JitInstruction> code = [];
        Dictionary<string, int> labels = [];

        void EndMethod()
        {
            if (name is not null)
                methods.Add(new(name, code, InnermostLoops(code, labels)));

            code = [];
            labels = [];
        }

        foreach (string line in listing.Split('\n'))
        {
            if (MethodLine().Match(line) is { Success: true } method)
            {
                EndMethod();
                name = method.Groups[1].Value;
            }
            else if (LabelLine().Match(line) is { Success: true } label)
            {
                labels[label.Groups[1].Value] = code.Count;
            }
            else if (InstructionLine().Match(line) is { Success: true } instruction)
            {
                code.Add(new(instruction.Groups[1].Value, instruction.Groups[2].Value));
            }
        }

        EndMethod();
        return methods;
    }

    // The JIT lays a loop out in one piece, and its last instruction jumps back to the first.
    private static JitLoop[] InnermostLoops(List<JitInstruction> code, Dictionary<string, int> labels)
    {
        List<(int First, int Last)> loops = [];
        for (int at = 0; at < code.Count; at++)
        {
            if (code[at].Target is { } target && labels.TryGetValue(target, out int first) && first <= at)
                loops.Add((first, at));
        }

        return
        [
            .. loops.Where(outer => !loops.Any(inner => inner != outer && inner.First >= outer.First && inner.Last <= outer.Last))
                .Select(loop => new JitLoop(code[loop.First..(loop.Last + 1)])),
        ];
    }

    // ; Assembly listing for method Models.Attention+CpuD40+Vector256Kernels:Scores(ptr,ptr,int) (FullOpts)
    [GeneratedRegex(@"^; Assembly listing for method ([^(\r]+)")]
    private static partial Regex MethodLine();

    // G_M000_IG06:                ;; offset=0x0058
    [GeneratedRegex(@"^(G_M\w+):")]
    private static partial Regex LabelLine();

    //        vmovups  ymm1, ymmword ptr [r8+0x20]
    [GeneratedRegex(@"^ {7}([a-z]\w*)\s*([^;\r]*?)\s*(?:;.*)?\r?$")]
    private static partial Regex InstructionLine();
}
