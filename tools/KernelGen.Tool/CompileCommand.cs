using System.CommandLine;
using KernelGen.CommandLine.Compilation;
using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Precompile;

namespace KernelGen.Tool;

/// <summary>Compiles the CUDA kernels of an assembly's classes into a folder, for programs that then need no NVRTC.</summary>
internal sealed class CompileCommand : Command
{
    private readonly CommandConsole _console;
    private readonly Argument<string?> _assembly = AssemblyArgument.Create(isRequired: true);
    private readonly Option<CudaArchitecture[]> _architectures =
        CompileOptions.Architectures("Compute capabilities to compile for, such as 8.6,8.9,9.0");
    private readonly Option<string> _masks = CommandOptions.Choice(
        "--mask",
        "Kernels for calls without a Boolean or additive mask, with one, or both [default: both]",
        ("none", "none"), ("general", "general"), ("both", "both"));

    private readonly Option<ExperimentalKernels> _experimental = CommandOptions.Experimental();
    private readonly Option<string> _output = new("--out")
    {
        Description =
            "The folder of machine code, which a program finds as 'kernels' beside it, or by KERNELGEN_KERNELS_DIR. What the classes do "
                + "not have any more is removed",
        HelpName = "FOLDER",
        Required = true,
    };

    public CompileCommand(CommandConsole console)
        : base("compile", "Compile the CUDA kernels of the classes with NVRTC; needs neither a GPU nor a driver")
    {
        _console = console;
        _architectures.Required = true;
        Arguments.Add(_assembly);
        foreach (Option option in (Option[])[_architectures, _masks, _experimental, _output])
            Options.Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        string architectures =
            string.Join(';', parsed.GetValue(_architectures)!.Select(architecture => architecture.ComputeCapabilityText));
        using StringWriter said = new();

        // The application's own runtime compiles, as it will look for what was compiled; a library of classes brings none.
        int code = Precompilation.Run(
            parsed.GetValue(_assembly)!,
            architectures,
            parsed.GetValue(_masks) ?? "both",
            parsed.GetValue(_experimental).ToString(),
            parsed.GetValue(_output)!,
            said,
            typeof(AttentionHost).Assembly);
        foreach (string line in said.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith(Precompilation.FaultPrefix, StringComparison.Ordinal))
                _console.Error.WriteLine($"error: {line[Precompilation.FaultPrefix.Length..]}");
            else
                _console.Output.WriteLine(line);
        }

        return code;
    }
}
