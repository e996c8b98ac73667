using System.CommandLine;
using System.Reflection;
using KernelGen.Cpu;
using KernelGen.Lab.Jit;

namespace KernelGen.Lab.Commands;

/// <summary>Says what the JIT makes of the CPU's micro-kernels.</summary>
internal sealed class JitCommand : Command
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int NotReadable = 2;

    private readonly Argument<FileInfo> _assembly = new("assembly") { Description = "An assembly with model classes" };
    private readonly Option<CpuVectorPath> _vectors = new("--vectors")
    {
        Description = "Compile for a processor with these vectors: Avx512, Avx2, Vector128; by default the widest here",
    };

    private readonly Option<bool> _listing = new("--listing") { Description = "The inner loops themselves" };
    private readonly Option<bool> _check = new("--check")
    {
        Description = "Only what breaks a rule, for all vectors of this machine: spilled registers and calls in an inner loop",
    };

    public JitCommand()
        : base("jit", "Read the inner loops of CPU kernels as the JIT compiles them")
    {
        Arguments.Add(_assembly.AcceptExistingOnly());
        foreach (Option option in (Option[])[_vectors, _listing, _check])
            Options.Add(option);
        SetAction(Run);
    }

    /// <summary>The command of the process that does it.</summary>
    public static Command Child()
    {
        Argument<FileInfo> assembly = new("assembly");
        Command child = new(JitRun.CompileCommand) { assembly };
        child.Hidden = true;
        child.SetAction(parsed =>
            parsed.InvocationConfiguration.Output.WriteLine(
                MicroKernelCode.Compile(Assembly.LoadFrom(parsed.GetRequiredValue(assembly).FullName))));
        return child;
    }

    private int Run(ParseResult parsed)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        JitRun run = new(parsed.GetRequiredValue(_assembly).FullName);
        try
        {
            if (parsed.GetValue(_check))
                return Check(run, output);

            Write(run.Methods(CpuCapabilities.Resolve(parsed.GetValue(_vectors))), parsed.GetValue(_listing), output);
            return Done;
        }
        catch (Exception fault) when (fault is InvalidDataException or PlatformNotSupportedException or DeviceNotUsableException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"error: {fault.Message}");
            return NotReadable;
        }
    }

    private static int Check(JitRun run, TextWriter output)
    {
        int faults = 0;
        CpuVectorPath[] paths = [CpuVectorPath.Avx512, CpuVectorPath.Avx2, CpuVectorPath.Vector128];
        foreach (CpuVectorPath path in paths.Where(CpuCapabilities.IsSupported))
        {
            IReadOnlyList<JitMethod> methods = run.Methods(path);
            string[] broken = [.. methods.SelectMany(JitRules.Broken)];
            foreach (string line in broken)
                output.WriteLine(line);
            output.WriteLine($"{CpuCapabilities.NameOf(path)}: {methods.Count} methods, {broken.Length} faults");
            faults += broken.Length;
        }

        return faults == 0 ? Done : Failed;
    }

    private static void Write(IReadOnlyList<JitMethod> methods, bool listing, TextWriter output)
    {
        output.WriteLine("| method | instructions | multiplications | spills | calls |");
        output.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (JitMethod method in methods)
        {
            foreach (JitLoop loop in method.Loops.Where(loop => loop.Multiplications > 0))
            {
                output.WriteLine(
                    $"| {method.Name} | {loop.Instructions.Count} | {loop.Multiplications} | {loop.Spills} | {loop.Calls} |");
                if (listing)
                    output.WriteLine($"\n```\n{string.Join('\n', loop.Instructions)}\n```\n");
            }
        }
    }
}
