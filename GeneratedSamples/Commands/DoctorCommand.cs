using System.CommandLine;
using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.Samples.Doctor;

namespace KernelGen.Samples.Commands;

/// <summary>Tells what this machine has for running kernels, what is missing, and how to get it.</summary>
internal sealed class DoctorCommand : Command
{
    private static readonly Func<AttentionHost, DoctorSection>[] Sections =
    [
        RuntimeSection.Examine, CpuSection.Examine, MemorySection.Examine, KernelSection.Examine, CudaSection.Examine,
    ];

    private readonly CommandConsole _console;
    private readonly Option<bool> _kernels = new("--kernels") { Description = "On a GPU: list every kernel, and where it comes from when it is first needed" };

    public DoctorCommand(CommandConsole console)
        : base("doctor", "Tell what this machine has for running kernels, and what is missing")
    {
        _console = console;
        Options.Add(_kernels);
        SetAction(parsed => Run(parsed.GetValue(_kernels)));
    }

    private int Run(bool kernels)
    {
        using AttentionHost host = AttentionHost.CreateDefault();
        DoctorSection[] sections = [.. Sections.Select(examine => examine(host))];
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

        if (kernels)
            WriteKernels(host);

        int faults = sections.Sum(section => section.Advice.Count);
        output.WriteLine(faults == 0 ? "Nothing is missing for the kernels of this version." : "The lines with ! say what to do.");
        return ExitCode.Done;
    }

    private void WriteKernels(AttentionHost host)
    {
        _console.Output.WriteLine("Kernels that this device runs, and where they come from");
        foreach ((SpecializedKernel kernel, KernelOrigin origin) in KernelOrigins.Of(host))
            _console.Output.WriteLine($"  {KernelOrigins.Name(origin),-8}  {kernel.Name}");
        _console.Output.WriteLine();
    }
}
