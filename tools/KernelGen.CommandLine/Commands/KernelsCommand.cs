using System.CommandLine;
using System.IO.Enumeration;
using System.Text;
using System.Text.Json;
using KernelGen.CommandLine.Classes;
using KernelGen.CommandLine.Compilation;
using KernelGen.Kernels;
using KernelGen.Tensors;
using Spectre.Console;

namespace KernelGen.CommandLine.Commands;

/// <summary>Lists the generated variants, prints the source of one, or compiles them for GPUs that need not be there.</summary>
public sealed class KernelsCommand : Command
{
    private readonly CommandConsole _console;
    private readonly Option<string?> _show =
        new("--show") { Description = "Print the generated source of this variant, C# or CUDA C", HelpName = "ID" };
    private readonly Option<bool> _withHeaders =
        new("--with-headers") { Description = "With --show: print before it what a CUDA C source includes" };
    private readonly Option<string?> _model = new("--model") { Description = "Only the variants of this model class", HelpName = "NAME" };
    private readonly Option<string[]> _match = CommandOptions.Names("--match", "Only the variants of these names, '*' for any text");
    private readonly CompileOptions? _compile;
    private readonly IClassSource _classes;
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Dictionary<Type, int?> _codeBytes = [];

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    /// <param name="classes">Where it finds the annotated classes.</param>
    /// <param name="compile">How it compiles kernels; null for a command that does not.</param>
    public KernelsCommand(CommandConsole console, IClassSource classes, CompileOptions? compile)
        : base("kernels",
            $"List the generated kernels{(compile is null ? " or" : ",")} print the source of "
                + $"one{(compile is null ? "" : ", or compile them without a GPU")}")
    {
        _console = console;
        _classes = classes;
        _compile = compile;
        classes.AddTo(this);
        Options.Add(_show);
        Options.Add(_withHeaders);
        Options.Add(_model);
        Options.Add(_match);
        compile?.AddTo(this);
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        (string? id, bool withHeaders, bool json) = (parsed.GetValue(_show), parsed.GetValue(_withHeaders), parsed.GetValue(_json));
        if (withHeaders && id is null)
            throw new InputException("--with-headers goes with --show ID: it prints what that kernel includes.");

        IModelClasses classes = _classes.Read(parsed);
        ModelClass[] models = Models(classes, parsed.GetValue(_model), parsed.GetValue(_match) ?? []);
        if (_compile?.Read(parsed, [.. models.SelectMany(model => model.Kernels.Variants.ToArray())], json) is { } request)
            return id is null
                ? new CompileRun(_console, classes, request).Execute()
                : throw new InputException("--compile and --show exclude each other.");
        if (id is not null)
            Show(models, id, withHeaders);
        else if (json)
            WriteJson(models);
        else
            WriteTable(models);
        return ExitCode.Done;
    }

    private static ModelClass[] Models(IModelClasses classes, string? modelName, string[] patterns)
    {
        ModelClass[] models =
        [
            .. classes.Classes.Where(model => modelName is null || model.Name.Equals(modelName, StringComparison.OrdinalIgnoreCase)),
        ];
        if (models.Length == 0)
            throw new InputException(
                $"There is no model class '{modelName}'; there are {string.Join(", ", classes.Classes.Select(model => model.Name))}.");
        if (patterns.Length == 0)
            return models;

        models = [.. models.Select(model => model with { Kernels = Matching(model.Kernels, patterns) })
            .Where(model => model.Kernels.Variants.Length > 0)];
        return models.Length > 0
            ? models
            : throw new InputException($"No variant is named {string.Join(" or ", patterns)}; 'kernels --json' lists all.");
    }

    private static KernelCatalogue Matching(KernelCatalogue catalogue, string[] patterns) => new(
        catalogue.Owner,
        [
            .. catalogue.Variants.ToArray()
                .Where(variant => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, variant.Id, ignoreCase: false))),
        ]);

    private void Show(ModelClass[] models, string id, bool withHeaders)
    {
        KernelVariant[] variants = [.. models.SelectMany(model => model.Kernels.Variants.ToArray())];
        KernelVariant? variant = variants.FirstOrDefault(variant => variant.Id == id);
        if (variant is null)
        {
            string[] near = [.. variants.Select(variant => variant.Id).Distinct().OrderBy(known => Distance(known, id)).Take(3)];
            throw new InputException($"There is no variant '{id}'. Near it are {string.Join(", ", near)}; 'kernels' lists all.");
        }

        if (variant.Cuda is not { } cuda)
        {
            WriteSource("", GeneratedCode.Find(variant.Cpu!) ?? throw new InputException(
                $"The C# of {id} is in the debug information of the assembly of its class, which is not there: build the assembly with "
                    + "DebugType portable or embedded, and keep the .pdb file beside it."));
        }
        else if (!withHeaders)
        {
            WriteSource("", cuda.Text());
            _console.Output.WriteLine($"// 'kernels --show {variant.Id} --with-headers' prints what it includes, too.");
        }
        else
        {
            foreach (CudaHeader header in cuda.Headers)
                WriteSource($"// ---- {header.Name} ----\n", header.Text());
            WriteSource($"// ---- {variant.Id} ----\n", cuda.Text());
        }
    }

    private void WriteSource(string heading, ReadOnlySpan<byte> text)
    {
        string source = Encoding.UTF8.GetString(text);
        _console.Output.Write(heading);
        _console.Output.Write(source);
        if (!source.EndsWith('\n'))
            _console.Output.Write('\n');
    }

    private void WriteJson(ModelClass[] models)
    {
        KernelJson[] kernels =
        [
            .. models.SelectMany(model => model.Kernels.Variants.ToArray().Select(variant => new KernelJson(
                variant.Id, model.Name, variant.Family.Name(), variant.Target.Name(), variant.ElementType.ShortName(), variant.HeadDim,
                variant.SliceRows,
                variant.Footprint.TileRows, variant.Footprint.TileKeys, variant.Footprint.BytesPerScore, variant.Footprint.WorkerBytes,
                variant.Footprint.PartialBytesPerRow, variant.Footprint.ChunkKeys, variant.Footprint.TileRowBytes,
                SourceBytes(variant)))),
        ];
        _console.Output.WriteLine(JsonSerializer.Serialize(kernels, ClassesJson.Default.KernelJsonArray));
    }

    private int? SourceBytes(KernelVariant variant)
    {
        if (variant.Cuda is { } cuda)
            return cuda.Text().Length;

        // The variants of a head dim are in one file.
        Type unit = variant.Cpu!.Vector128.Method.DeclaringType!;
        if (!_codeBytes.TryGetValue(unit, out int? bytes))
            _codeBytes.Add(unit, bytes = GeneratedCode.Find(variant.Cpu)?.Length);
        return bytes;
    }

    private void WriteTable(ModelClass[] models)
    {
        foreach (ModelClass model in models)
        {
            Table table = new Table().Border(TableBorder.Simple).AddColumns("family", "target", "element types");
            table.AddColumn(new TableColumn("head dims"));
            table.AddColumn(new TableColumn("slice rows"));
            table.AddColumn(new TableColumn("variants").RightAligned());
            foreach (var group in model.Kernels.Variants.ToArray().GroupBy(variant => (variant.Family, variant.Target))
                .OrderBy(group => group.Key))
            {
                table.AddRow(
                    group.Key.Family.Name(),
                    group.Key.Target.Name(),
                    string.Join(' ', group.Select(variant => variant.ElementType).Distinct().Select(type => type.ShortName())),
                    Numbers(group.Select(variant => variant.HeadDim)),
                    Numbers(group.Select(variant => variant.SliceRows)),
                    Invariant($"{group.Count()}"));
            }

            _console.Output.WriteLine($"{model.Name}: {model.Purpose}");
            _console.Write(table);
            _console.Output.WriteLine();
        }

        int all = models.Sum(model => model.Kernels.Variants.Length);
        _console.Output.WriteLine(Invariant($"{all} variants. An id is made of family, target, dtype, head dim and slice rows."));
        _console.Output.WriteLine("'kernels --json' lists them all, 'kernels --show ID' prints the source of one.");
    }

    private static string Numbers(IEnumerable<int> numbers) =>
        string.Join(' ', numbers.Distinct().Order().Select(number => Invariant($"{number}")));

    /// <summary>Levenshtein's edit distance.</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], cost);
            }
        }

        return row[right.Length];
    }
}
