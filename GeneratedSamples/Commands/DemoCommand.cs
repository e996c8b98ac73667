using System.Diagnostics;
using KernelGen.Planning;
using KernelGen.Samples.Demo;

namespace KernelGen.Samples.Commands;

/// <summary>The demo, run when no command is given: real layer sizes, planned, run, checked and timed in a few seconds.</summary>
internal static class DemoCommand
{
    /// <summary>Runs it.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Run(CommandConsole console)
    {
        Stopwatch watch = Stopwatch.StartNew();
        TextWriter output = console.Output;
        using AttentionHost host = AttentionHost.CreateDefault();
        MemoryBudget budget = host.MeasureBudget();
        output.WriteLine("KernelGen: attention kernels made by a source generator, planned to fit the memory there is");
        output.WriteLine();
        WriteWrapped(output, "device  ", host.DeviceChoice);
        output.WriteLine($"memory  {ByteText.Format(budget.UsableBytes)} free ({budget.Source})");
        output.WriteLine();
        output.WriteLine("Attention of Stable Diffusion 1.5 at 512x512: batch 2 (guided) x 8 heads, f16, policy exact");
        bool passed = LayersSection.Write(console, host);
        output.WriteLine();
        output.WriteLine("The layer self 4096x4096 in little memory: exact footprints, and Doggettx' rule beside them");
        passed &= SmallMemorySection.Write(console);
        output.WriteLine();
        output.WriteLine("What to try next (dotnet run -c Release --project GeneratedSamples -- ...)");
        output.WriteLine("  plan --policy doggettx --heads 16 --queries 16384 --head-dim 40 --free-bytes 2GiB --explain");
        output.WriteLine("  attend tests/Golden/sd15_self_d40_f16.safetensors out.safetensors --check");
        output.WriteLine("  kernels --show streaming-cpu-f16-d40-r128");
        output.WriteLine("  doctor");
        console.Error.WriteLine(Invariant($"The demo took {watch.Elapsed.TotalSeconds:0.0} s."));
        return passed ? ExitCode.Done : ExitCode.Failed;
    }

    // Why there is no GPU may take more than a line.
    private static void WriteWrapped(TextWriter output, string label, string text)
    {
        const int Columns = 100;
        string line = label;
        foreach (string word in text.Split(' '))
        {
            if (line.Length > label.Length && line.Length + 1 + word.Length > Columns)
            {
                output.WriteLine(line);
                line = new string(' ', label.Length);
            }

            line += line.Length == label.Length ? word : " " + word;
        }

        output.WriteLine(line);
    }
}
