using System.CommandLine;
using System.Text.Json;
using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Commands;

/// <summary>Says what the mainloops of compiled kernels are made of, and what bounds them.</summary>
internal sealed class SassCommand : Command
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int NotReadable = 2;

    // Of the names that kernels are compiled to in advance.
    private const string MasksSuffix = "+masks";

    private readonly Argument<string[]> _files = new("files")
    {
        Description = "Cubins, folders of cubins, or listings of nvdisasm -c",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _details = new("--details") { Description = "What the hot path consists of" };
    private readonly Option<bool> _listing = new("--listing") { Description = "The hot path itself" };
    private readonly Option<bool> _json = new("--json") { Description = "The same as JSON" };
    private readonly Option<bool> _check = new("--check")
    {
        Description = "Only what breaks a rule: local memory in a mainloop, serialised wgmma instructions",
    };

    public SassCommand()
        : base("sass", "Read the mainloops of compiled kernels")
    {
        Arguments.Add(_files);
        foreach (Option option in (Option[])[_details, _listing, _json, _check])
            Options.Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        (SassFunction Function, Mainloop? Mainloop)[] functions;
        try
        {
            functions =
            [
                .. parsed.GetRequiredValue(_files).SelectMany(Files).AsParallel().AsOrdered()
                    .SelectMany(Read).Select(function => (function, Mainloop.Find(function))),
            ];
        }
        catch (AggregateException fault) when (fault.InnerException is IOException or InvalidDataException or FormatException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"error: {fault.InnerException.Message}");
            return NotReadable;
        }

        if (parsed.GetValue(_check))
            return Check(functions, output);

        MainloopTable table = new(functions);
        if (parsed.GetValue(_json))
        {
            output.WriteLine(JsonSerializer.Serialize(table.Rows, MainloopJson.Default.IReadOnlyListMainloopRow));
            return Done;
        }

        output.Write(table.ToMarkdown());
        if (parsed.GetValue(_details))
            output.Write(table.Details());

        if (parsed.GetValue(_listing))
            output.Write(table.Listing());

        return Done;
    }

    private static int Check((SassFunction Function, Mainloop? Mainloop)[] functions, TextWriter output)
    {
        string[] broken = [.. functions.SelectMany(pair => MainloopRules.Broken(pair.Function, pair.Mainloop))];
        foreach (string line in broken)
            output.WriteLine(line);

        int mainloops = functions.Count(pair => pair.Mainloop is not null);
        output.WriteLine($"{functions.Length} functions, {mainloops} mainloops, {broken.Length} faults");
        return broken.Length == 0 ? Done : Failed;
    }

    private static IEnumerable<string> Files(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*.cubin", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [path];

    private static IReadOnlyList<SassFunction> Read(string file)
    {
        byte[] content = File.ReadAllBytes(file);
        if (content is not [0x7f, (byte)'E', (byte)'L', (byte)'F', ..])
            return SassText.Parse(File.ReadAllText(file));

        Disassembler disassembler = Disassembler.Find()
            ?? throw new FileNotFoundException(
                $"{file} is machine code: put nvdisasm on the search path, or name it in {Disassembler.PathVariable}.");
        bool takesMasks = Path.GetFileNameWithoutExtension(file).EndsWith(MasksSuffix, StringComparison.Ordinal);
        return [.. disassembler.Functions(file).Select(function => function with { TakesMasks = takesMasks })];
    }
}
