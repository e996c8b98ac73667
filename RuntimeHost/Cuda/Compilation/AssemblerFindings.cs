using System.Text.RegularExpressions;

namespace KernelGen.Cuda.Compilation;

/// <summary>What a compile log says of code that is right but slower than it should be.</summary>
internal static partial class AssemblerFindings
{
    /// <summary>The findings of a log, a line each, in its order; a line that is repeated counts once.</summary>
    /// <param name="log">The log of NVRTC with <c>--ptxas-options=-v</c>.</param>
    public static IReadOnlyList<string> Of(string log)
    {
        if (log.Length == 0)
        {
            return [];
        }

        List<string> findings = [];
        string function = "";
        foreach (string line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (FunctionLine().Match(line) is { Success: true } named)
            {
                function = named.Groups[1].Value;
            }

            Match spill = SpillLine().Match(line);
            bool spills = spill.Success && (spill.Groups[1].ValueSpan is not "0" || spill.Groups[2].ValueSpan is not "0");
            string? finding = spills ? $"{function}: {line}" : WarpgroupLine().IsMatch(line) ? line : null;
            if (finding is not null && !findings.Contains(finding))
            {
                findings.Add(finding);
            }
        }

        return findings;
    }

    // ptxas info    : Compiling entry function 'name' for 'sm_90a', and: ptxas info    : Function properties for name
    [GeneratedRegex(@"(?:entry function '|properties for )([\w$]+)")]
    private static partial Regex FunctionLine();

    // 0 bytes stack frame, 8 bytes spill stores, 8 bytes spill loads
    [GeneratedRegex(@"(\d+) bytes spill stores, (\d+) bytes spill loads")]
    private static partial Regex SpillLine();

    // ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized due to ...
    [GeneratedRegex(@"\bC75\d\d\b|Potential Performance Loss|setmaxnreg.* ignored")]
    private static partial Regex WarpgroupLine();
}
