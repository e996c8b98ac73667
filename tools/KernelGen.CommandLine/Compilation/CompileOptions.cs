using System.CommandLine;
using System.CommandLine.Parsing;
using KernelGen.Cuda;
using KernelGen.Kernels;

namespace KernelGen.CommandLine.Compilation;

/// <summary>The options of <c>kernels --compile</c>.</summary>
public sealed class CompileOptions
{
    private static readonly CudaArchitecture[] _usual = [new(75), new(80), new(86), new(89), new(90), new(100), new(120)];

    private readonly Option<bool> _compile =
        new("--compile") { Description = "Compile the CUDA kernels with NVRTC; needs neither a GPU nor a driver" };
    private readonly Option<CudaArchitecture[]> _architectures = Architectures(
        "With --compile: compute capabilities to compile for [default: 7.5,8.0,8.6,8.9,9.0,10.0,12.0]");

    private readonly Option<KernelSpecialization[]> _masks = CommandOptions.Choice<KernelSpecialization[]>(
        "--mask",
        "With --compile: kernels for calls without a Boolean or additive mask, with one, or both [default: both]",
        ("none", [KernelSpecialization.None]),
        ("general", [KernelSpecialization.Masked]),
        ("both", [KernelSpecialization.None, KernelSpecialization.Masked]));

    private readonly Option<string?> _output = new("--out")
    {
        Description = "With --compile: write the machine code to FOLDER/ARCH/ENTRY.cubin, with an index, for programs without NVRTC",
        HelpName = "FOLDER",
    };

    private readonly Option<bool> _distinct = new("--distinct")
    {
        Description = "With --compile: only one of the kernels whose texts differ in nothing but their names",
    };

    private readonly Option<bool> _check = new("--check")
    {
        Description = "With --compile: a kernel that breaks a rule (assembler's findings, spills, blocks, time) is an error",
    };

    private readonly Option<string?> _table = new("--table")
    {
        Description = "With --compile: write registers, spills and findings to a table; one that is there keeps what was not compiled now",
        HelpName = "FILE",
    };

    private readonly Option<string?> _against = new("--against")
    {
        Description = "With --compile: compare with a table that --table wrote; a difference is an error",
        HelpName = "FILE",
    };

    /// <summary>GPUs to compile for.</summary>
    /// <param name="description">What for.</param>
    public static Option<CudaArchitecture[]> Architectures(string description) => new("--arch")
    {
        Description = description,
        HelpName = "X.Y,...",
        CustomParser = Parse,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_compile, _architectures, _masks, _output, _distinct, _check, _table, _against])
            command.Options.Add(option);
    }

    /// <summary>Reads them; null without <c>--compile</c>.</summary>
    public CompileRequest? Read(ParseResult parsed, IReadOnlyList<KernelVariant> variants, bool json)
    {
        if (!parsed.GetValue(_compile))
        {
            Option[] others = [_architectures, _masks, _output, _distinct, _check, _table, _against];
            Option? useless = Array.Find(others, option => parsed.GetResult(option) is { Implicit: false });
            return useless is null ? null : throw new InputException($"{useless.Name} goes with --compile.");
        }

        return new(
            variants,
            parsed.GetValue(_architectures) is { Length: > 0 } chosen ? chosen : _usual,
            parsed.GetValue(_masks) is { Length: > 0 } masks ? masks : [KernelSpecialization.None, KernelSpecialization.Masked],
            parsed.GetValue(_output),
            json,
            parsed.GetValue(_distinct),
            parsed.GetValue(_check),
            parsed.GetValue(_table),
            parsed.GetValue(_against));
    }

    private static CudaArchitecture[] Parse(ArgumentResult result)
    {
        if (CudaArchitecture.TryParseList(string.Join(',', result.Tokens.Select(token => token.Value)),
            out IReadOnlyList<CudaArchitecture> architectures, out string fault))
            return [.. architectures];

        result.AddError($"--arch has '{fault}'; it must be compute capabilities from 7.5 on, such as 8.6,9.0.");
        return [];
    }
}
