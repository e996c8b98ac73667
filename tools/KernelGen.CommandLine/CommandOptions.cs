using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using KernelGen.Cpu;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Tensors;

namespace KernelGen.CommandLine;

/// <summary>Options that several commands share, and the parsers behind them: each fault is one line that says what would do.</summary>
public static class CommandOptions
{
    private const string ExperimentalName = "--experimental";

    /// <summary>The option of <see cref="Verbose"/>.</summary>
    public const string VerboseName = "--verbose";

    private static readonly (string Suffix, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
    ];

    /// <summary>The option for the policy.</summary>
    public static Option<string> Policy() => new("--policy")
    {
        Description = "How the plan is made: 'exact', or a preset of an existing system such as 'doggettx' or 'invokeai'",
        DefaultValueFactory = _ => "exact",
    };

    /// <summary>Restricts the plan to a family.</summary>
    public static Option<KernelFamily?> Family() => Choice<KernelFamily?>(
        "--family", "Only kernels of this family", ("materialized", KernelFamily.Materialized), ("streaming", KernelFamily.Streaming));

    /// <summary>The option for the cache of compiled kernels.</summary>
    public static Option<string?> CacheFolder() => new("--cache")
    {
        Description =
            "For GPUs: a folder in which compiled kernels are kept for later runs; without it all are compiled anew, and their compile "
                + "times are known",
        HelpName = "FOLDER",
    };

    /// <summary>Kernels that were compiled in advance.</summary>
    public static Option<string?> Precompiled() => new("--precompiled")
    {
        Description =
            "For GPUs: a folder of kernels that 'kernels --compile --out' wrote; those are not compiled anew, and have no compile time",
        HelpName = "FOLDER",
    };

    /// <summary>Names, of kernels for example, separated by commas or repeated.</summary>
    public static Option<string[]> Names(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "NAME,...",
        CustomParser = result =>
            [.. result.Tokens.SelectMany(
                token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
    };

    /// <summary>Restricts the plan to a slice size.</summary>
    public static Option<int?> SliceRows() => PositiveOrNull("--slice-rows", "Only kernels of this slice size, in query rows");

    /// <summary>The option for the multiplication of fp32 numbers.</summary>
    public static Option<Float32Math> Float32() => Choice(
        "--float32",
        "For f32: 'split' lets tensor cores of compute capability 9.0 multiply halves of numbers, relative error up to 2e-6 as "
            + "everywhere; 'full' does not, slower [default: split]",
        ("split", Float32Math.Split), ("full", Float32Math.Full));

    /// <summary>Kernels that have to be switched on.</summary>
    public static Option<ExperimentalKernels> Experimental() => Flags(
        ExperimentalName,
        "For GPUs: also take experimental kernels; 'hopper' are those for compute capability 9.0, 'hopper-multicast' beside "
            + "them those whose blocks copy keys and values for each other",
        [.. Enum.GetValues<ExperimentalKernels>().Where(kernels => kernels != 0).Select(kernels => (Word(kernels), kernels))]);

    /// <summary>The option that switches kernels on, as it is written: <c>--experimental hopper</c>.</summary>
    public static string ExperimentalOption(ExperimentalKernels kernels) =>
        $"{ExperimentalName} "
            + $"{string.Join(',', Enum.GetValues<ExperimentalKernels>().Where(one => one != 0 && kernels.HasFlag(one)).Select(Word))}";

    /// <summary>The margin of the policy <c>exact</c>.</summary>
    public static Option<double?> SafetyFactor() => new("--safety-factor")
    {
        Description = "For the policy 'exact': the free memory is divided by this, 1 or more",
        HelpName = "X",
        CustomParser = result => Number(result, out double value) && value is >= 1 and <= 1e6
            ? value
            : Fault<double?>(result, "a number from 1 to 1000000"),
    };

    /// <summary>Planning with a given amount of memory.</summary>
    public static Option<long?> FreeBytes() => Bytes(
        "--free-bytes", "Plan with this much free memory instead of what is measured: bytes, or a number with KiB, MiB or GiB");

    /// <summary>Memory to leave alone.</summary>
    public static Option<long?> ReserveBytes() => Bytes("--reserve-bytes", "Free memory that the plan leaves alone");

    /// <summary>CPU threads.</summary>
    public static Option<int?> Threads() => new("--threads")
    {
        Description = "CPU threads; all that the process may use by default",
        HelpName = "N",
        CustomParser = result => Whole(result, out long value) && value is >= 1 and <= CpuDevice.MaxThreads
            ? (int)value
            : Fault<int?>(result, Invariant($"a whole number from 1 to {CpuDevice.MaxThreads}")),
    };

    /// <summary>The vector width of CPU kernels.</summary>
    public static Option<CpuVectorPath> VectorPath() => Choice(
        "--path",
        "The vector width of the CPU kernels [default: the widest there is]",
        ("avx512", CpuVectorPath.Avx512), ("avx2", CpuVectorPath.Avx2), ("vector128", CpuVectorPath.Vector128));

    /// <summary>The causal triangle.</summary>
    public static Option<bool> Causal() => new("--causal") { Description = "Key j is visible to query i only when j <= i" };

    /// <summary>More on standard error; of every command.</summary>
    public static Option<bool> Verbose() =>
        new(VerboseName) { Description = "Show the log, and where an unexpected error came from", Recursive = true };

    /// <summary>JSON on standard output.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Write the result as JSON" };

    /// <summary>The element type; f16 when not given.</summary>
    public static Option<ElementType> ElementTypeOption() => Choice(
        "--dtype", "Element type [default: f16]", ("f16", ElementType.Float16), ("bf16", ElementType.BFloat16),
        ("f32", ElementType.Float32));

    /// <summary>One of some words; the type's default value when not given.</summary>
    public static Option<T> Choice<T>(string name, string description, params (string Word, T Value)[] choices)
    {
        string words = string.Join('|', choices.Select(choice => choice.Word));
        return new(name)
        {
            Description = description,
            HelpName = words,
            CustomParser = result =>
            {
                foreach ((string word, T value) in choices)
                {
                    if (word == result.Tokens[0].Value)
                        return value;
                }

                return Fault<T>(result, string.Join(" or ", choices.Select(choice => $"'{choice.Word}'")));
            },
        };
    }

    /// <summary>A whole number from 1.</summary>
    public static Option<int> Positive(string name, string description, int defaultValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result =>
            Whole(result, out long value) && value is >= 1 and <= int.MaxValue ? (int)value : Fault<int>(result, "a whole number from 1"),
    };

    /// <summary>A whole number from 1, or nothing.</summary>
    public static Option<int?> PositiveOrNull(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
            Whole(result, out long value) && value is >= 1 and <= int.MaxValue ? (int)value : Fault<int?>(result, "a whole number from 1"),
    };

    /// <summary>A number that is neither NaN nor infinite, or nothing.</summary>
    public static Option<float?> Finite(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result =>
            Number(result, out double value) && float.IsFinite((float)value) ? (float)value : Fault<float?>(result, "a finite number"),
    };

    /// <summary>An amount of memory, or nothing.</summary>
    public static Option<long?> Bytes(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => TryParseBytes(result.Tokens[0].Value, out long bytes)
            ? bytes
            : Fault<long?>(result, "a number of bytes such as 268435456, 256MiB or 1.5GiB"),
    };

    // One or several words, separated by commas.
    private static Option<T> Flags<T>(string name, string description, (string Word, T Value)[] choices)
        where T : struct, Enum => new(name)
        {
            Description = description,
            HelpName = $"{string.Join('|', choices.Select(choice => choice.Word))},...",
            CustomParser = result =>
            {
                int flags = 0;
                foreach (string word in result.Tokens[0].Value.Split(','))
                {
                    int index = Array.FindIndex(choices, choice => choice.Word == word);
                    if (index < 0)
                        return Fault<T>(result, string.Join(" or ", choices.Select(choice => $"'{choice.Word}'")));
                    flags |= Convert.ToInt32(choices[index].Value, CultureInfo.InvariantCulture);
                }

                return (T)Enum.ToObject(typeof(T), flags);
            },
        };

    private static string Word(ExperimentalKernels kernels) => JsonNamingPolicy.KebabCaseLower.ConvertName(kernels.ToString());

    private static bool TryParseBytes(string text, out long bytes)
    {
        long unit = 1;
        foreach ((string suffix, long size) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                (text, unit) = (text[..^suffix.Length], size);
        }

        // A part of a unit is what the output prints (1.5 GiB); a part of a byte is nothing.
        NumberStyles styles = unit > 1 ? NumberStyles.AllowDecimalPoint : NumberStyles.None;
        bool valid =
            decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out decimal number) && number <= (decimal)long.MaxValue / unit;
        bytes = valid ? (long)(number * unit) : 0;
        return valid;
    }

    private static bool Whole(ArgumentResult result, out long value) =>
        long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool Number(ArgumentResult result, out double value) =>
        double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static T Fault<T>(ArgumentResult result, string expected)
    {
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} is '{result.Tokens[0].Value}'; it must be {expected}.");
        return default!;
    }
}
