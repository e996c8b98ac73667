using System.CommandLine;
using KernelGen.CommandLine.Classes;
using KernelGen.CommandLine.Doctor;
using KernelGen.Cuda;
using KernelGen.Kernels;

namespace KernelGen.CommandLine.Commands;

/// <summary>Tells what this machine has for running kernels, what is missing, and how to get it.</summary>
public sealed class DoctorCommand : Command
{
    private readonly CommandConsole _console;
    private readonly IClassSource _classes;
    private readonly Option<bool> _kernels =
        new("--kernels") { Description = "On a GPU: list every kernel, and where it comes from when it is first needed" };

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    /// <param name="classes">Where it finds the annotated classes, of which there may be none.</param>
    public DoctorCommand(CommandConsole console, IClassSource classes)
        : base("doctor", "Tell what this machine has for running kernels, and what is missing")
    {
        _console = console;
        _classes = classes;
        classes.AddTo(this);
        Options.Add(_kernels);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        IModelClasses classes = _classes.Read(parsed);
        using AttentionHost host = AttentionHost.CreateDefault();
        DoctorSection[] sections =
        [
            RuntimeSection.Examine(host),
            CpuSection.Examine(host),
            MemorySection.Examine(host),
            .. classes.Classes.Count > 0 ? [KernelSection.Examine(host, classes)] : Array.Empty<DoctorSection>(),
            CudaSection.Examine(host),
        ];
        int width = sections.SelectMany(section => section.Facts).Max(fact => fact.Name.Length);
        TextWriter output = _console.Output;
        foreach (DoctorSection section in sections)
        {
            output.WriteLine(section.Title);
            foreach ((string name, string value) in section.Facts)
                output.WriteLine($"  {name.PadRight(width)}  {value}");
            foreach (string advice in section.Advice)
                output.WriteLine($"  ! {advice}");
            output.WriteLine();
        }

        if (parsed.GetValue(_kernels))
            WriteKernels(host, classes);

        int faults = sections.Sum(section => section.Advice.Count);
        output.WriteLine(faults == 0 ? "Nothing is missing for the kernels of this version." : "The lines with ! say what to do.");
        return ExitCode.Done;
    }

    private void WriteKernels(AttentionHost host, IModelClasses classes)
    {
        _console.Output.WriteLine("Kernels that this device runs, and where they come from");
        foreach ((SpecializedKernel kernel, KernelOrigin origin) in KernelOrigins.Of(host, classes))
            _console.Output.WriteLine($"  {KernelOrigins.Name(origin),-8}  {kernel.Name}");
        _console.Output.WriteLine();
    }
}
