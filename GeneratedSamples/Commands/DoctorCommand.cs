using System.CommandLine;
using KernelGen.Samples.Doctor;

namespace KernelGen.Samples.Commands;

/// <summary>Tells what this machine has for running kernels, what is missing, and how to get it.</summary>
internal sealed class DoctorCommand : Command
{
    private static readonly Func<AttentionHost, DoctorSection>[] Sections =
    [
        RuntimeSection.Examine, CpuSection.Examine, MemorySection.Examine, KernelSection.Examine, CudaSection.Examine,
    ];

    private readonly SampleConsole _console;

    public DoctorCommand(SampleConsole console)
        : base("doctor", "Tell what this machine has for running kernels, and what is missing")
    {
        _console = console;
        SetAction(_ => Run());
    }

    private int Run()
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

        int faults = sections.Sum(section => section.Advice.Count);
        output.WriteLine(faults == 0 ? "Nothing is missing for the kernels of this version." : "The lines with ! say what to do.");
        return ExitCode.Done;
    }
}
