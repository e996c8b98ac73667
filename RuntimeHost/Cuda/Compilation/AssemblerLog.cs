using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelGen.Cuda.Compilation;

/// <summary>The log of NVRTC with <c>--ptxas-options=-v</c>: what the assembler made of each entry point, and what it warns of.</summary>
internal sealed partial class AssemblerLog
{
    private readonly List<AssemblerEntry> _entries = [];
    private readonly List<AssemblerFinding> _findings = [];

    private AssemblerLog()
    {
    }

    /// <summary>The entry points, in the order of the log.</summary>
    public IReadOnlyList<AssemblerEntry> Entries => _entries;

    /// <summary>
    /// Warnings of code that is right but slower than it should be, in the order of the log; one that is repeated counts once.
    /// </summary>
    public IReadOnlyList<AssemblerFinding> Findings => _findings;

    /// <summary>Reads a log; one of another compiler, or none, has no entries.</summary>
    public static AssemblerLog Parse(string log)
    {
        AssemblerLog result = new();
        string function = "";
        foreach (string line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (WarpgroupLine().IsMatch(line))
            {
                result.Add(Finding(line, function));
            }
            else if (EntryLine().Match(line) is { Success: true } entry)
            {
                function = entry.Groups[1].Value;
                result._entries.Add(new(function));
            }
            else if (PropertiesLine().Match(line) is { Success: true } properties)
            {
                function = properties.Groups[1].Value;
            }
            else
            {
                result.Read(line, function);
            }
        }

        return result;
    }

    private static AssemblerFinding Finding(string line, string function)
    {
        string code = CodeOf().Match(line) is { Success: true } numbered ? numbered.Value : "unnumbered";

        // Where the warning names the function, it may come before the function's own lines.
        return new(code, NamedFunction().Match(line) is { Success: true } named ? named.Groups[1].Value : function, line);
    }

    private static int Number(Group group) => group.Success
        ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
        : 0;

    private void Add(AssemblerFinding finding)
    {
        if (!_findings.Contains(finding))
        {
            _findings.Add(finding);
        }
    }

    // A function that is not an entry point belongs to the one before it, which calls it.
    private void Read(string line, string function)
    {
        if (_entries.Count == 0)
        {
            return;
        }

        AssemblerEntry entry = _entries[^1];
        if (SpillLine().Match(line) is { Success: true } spill)
        {
            entry = entry with
            {
                StackBytes = Math.Max(entry.StackBytes, Number(spill.Groups[1])),
                SpillStoreBytes = entry.SpillStoreBytes + Number(spill.Groups[2]),
                SpillLoadBytes = entry.SpillLoadBytes + Number(spill.Groups[3]),
            };
            if (spill.Groups[2].ValueSpan is not "0" || spill.Groups[3].ValueSpan is not "0")
            {
                Add(new(AssemblerFinding.Spill, function, $"{function}: {line}"));
            }
        }
        else if (UsedLine().Match(line) is { Success: true } used)
        {
            entry = entry with
            {
                Registers = Math.Max(entry.Registers, Number(used.Groups[1])),
                StaticSharedBytes = Math.Max(entry.StaticSharedBytes, Number(SharedBytes().Match(line).Groups[1])),
            };
        }

        _entries[^1] = entry;
    }

    // ptxas info    : Compiling entry function 'name' for 'sm_90a'
    [GeneratedRegex(@"entry function '([\w$]+)'")]
    private static partial Regex EntryLine();

    // ptxas info    : Function properties for name
    [GeneratedRegex(@"properties for ([\w$]+)")]
    private static partial Regex PropertiesLine();

    // 16 bytes stack frame, 8 bytes spill stores, 8 bytes spill loads
    [GeneratedRegex(@"(?:(\d+) bytes stack frame, )?(\d+) bytes spill stores, (\d+) bytes spill loads")]
    private static partial Regex SpillLine();

    // ptxas info    : Used 168 registers, used 1 barriers, 1024 bytes smem
    [GeneratedRegex(@"Used (\d+) registers")]
    private static partial Regex UsedLine();

    [GeneratedRegex(@"(\d+) bytes smem")]
    private static partial Regex SharedBytes();

    // ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized due to ... in the function 'name'
    [GeneratedRegex(@"\bC75\d\d\b|Potential Performance Loss|setmaxnreg.* ignored")]
    private static partial Regex WarpgroupLine();

    [GeneratedRegex(@"\bC75\d\d\b")]
    private static partial Regex CodeOf();

    [GeneratedRegex(@"function '([\w$]+)'")]
    private static partial Regex NamedFunction();
}
