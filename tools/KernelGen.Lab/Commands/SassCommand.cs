using System.CommandLine;
using System.Text.Json;
using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Commands;

/// <summary>Says what the mainloops of compiled kernels are made of, and what bounds them.</summary>
internal sealed class SassCommand : Command
{
    private const int Done = 0;
    private const int NotReadable = 2;

    private readonly Argument<FileInfo[]> _files = new("files")
    {
        Description = "Cubins, or listings of nvdisasm -c",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _details = new("--details") { Description = "What the hot path consists of" };
    private readonly Option<bool> _listing = new("--listing") { Description = "The hot path itself" };
    private readonly Option<bool> _json = new("--json") { Description = "The same as JSON" };

    public SassCommand()
        : base("sass", "Read the mainloops of compiled kernels")
    {
        Arguments.Add(_files);
        foreach (Option option in (Option[])[_details, _listing, _json])
            Options.Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        List<SassFunction> functions = [];
        foreach (FileInfo file in parsed.GetRequiredValue(_files))
        {
            try
            {
                functions.AddRange(Read(file));
            }
            catch (Exception fault) when (fault is IOException or InvalidDataException or FormatException)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"error: {fault.Message}");
                return NotReadable;
            }
        }

        MainloopTable table = new([.. functions.Select(function => (function, Mainloop.Find(function)))]);
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

    private static IReadOnlyList<SassFunction> Read(FileInfo file)
    {
        byte[] content = File.ReadAllBytes(file.FullName);
        if (content is not [0x7f, (byte)'E', (byte)'L', (byte)'F', ..])
            return SassText.Parse(File.ReadAllText(file.FullName));

        Disassembler disassembler = Disassembler.Find()
            ?? throw new FileNotFoundException(
                $"{file.Name} is machine code: put nvdisasm on the search path, or name it in {Disassembler.PathVariable}.");
        return disassembler.Functions(file.FullName);
    }
}
