using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Samples.Models;

namespace KernelGen.Samples.Commands;

/// <summary>The options of <c>kernels --compile</c>.</summary>
internal sealed class CompileOptions
{
    private static readonly int[] _usual = [75, 80, 86, 89, 90, 100, 120];

    private readonly Option<bool> _compile = new("--compile") { Description = "Compile the CUDA kernels with NVRTC; needs neither a GPU nor a driver" };
    private readonly Option<int[]> _architectures = new("--arch")
    {
        Description = "With --compile: compute capabilities to compile for [default: 7.5,8.0,8.6,8.9,9.0,10.0,12.0]",
        HelpName = "X.Y,...",
        CustomParser = Parse,
    };

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

    /// <summary>Adds the options to a command.</summary>
    public CompileOptions(Command command)
    {
        foreach (Option option in (Option[])[_compile, _architectures, _masks, _output])
            command.Options.Add(option);
    }

    /// <summary>Reads them; null without <c>--compile</c>.</summary>
    public CompileRequest? Read(ParseResult parsed, AttentionModel[] models, bool json)
    {
        if (!parsed.GetValue(_compile))
        {
            Option? useless = Array.Find((Option[])[_architectures, _masks, _output], option => parsed.GetResult(option) is { Implicit: false });
            return useless is null ? null : throw new InputException($"{useless.Name} goes with --compile.");
        }

        int[] architectures = parsed.GetValue(_architectures) is { Length: > 0 } chosen ? chosen : _usual;
        return new(
            [.. models.SelectMany(model => model.Kernels.Variants.ToArray())],
            [.. architectures.Distinct().Select(number => new CudaArchitecture(number))],
            parsed.GetValue(_masks) is { Length: > 0 } masks ? masks : [KernelSpecialization.None, KernelSpecialization.Masked],
            parsed.GetValue(_output),
            json);
    }

    private static int[] Parse(ArgumentResult result)
    {
        List<int> numbers = [];
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            string[] parts = text.Split('.');
            if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) || major > 99
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) || minor > 9
                || (10 * major) + minor < CudaArchitecture.OldestComputeCapability)
            {
                result.AddError($"--arch has '{text}'; it must be compute capabilities from 7.5 on, such as 8.6,9.0.");
                return [];
            }

            numbers.Add((10 * major) + minor);
        }

        return [.. numbers];
    }
}
