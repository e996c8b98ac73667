using System.Globalization;
using KernelGen.Tensors;

namespace KernelGen.Lab.CpuBench;

/// <summary>Named sets of shapes that models run, and shapes by their numbers.</summary>
internal static class BenchShapes
{
    /// <summary>The sets. Video is cut to one head of many, so that a set takes less than a minute on a few cores.</summary>
    public static IReadOnlyDictionary<string, BenchShape[]> Sets { get; } = new Dictionary<string, BenchShape[]>
    {
        ["sd15"] =
        [
            new("SD 1.5 512x512, level 0", new(2, 8, 4096, 4096, 40)),
            new("SD 1.5 512x512, level 1", new(2, 8, 1024, 1024, 80)),
            new("SD 1.5 512x512, level 2", new(2, 8, 256, 256, 160)),
            new("SD 1.5 512x512, middle", new(2, 8, 64, 64, 160)),
        ],
        ["sdxl"] =
        [
            new("SDXL 1024x1024, level 1", new(2, 10, 4096, 4096, 64)),
            new("SDXL 1024x1024, level 2", new(2, 20, 1024, 1024, 64)),
        ],
        ["flux"] = [new("Flux 1024x1024, 8 of 24 heads", new(1, 8, 4608, 4608, 128))],
        ["vae"] =
        [
            new("VAE 512x512", new(1, 1, 4096, 4096, 512)),
            new("VAE 1024x1024", new(1, 1, 16384, 16384, 512)),
        ],
        ["cross77"] =
        [
            new("SD 1.5 text, level 0", new(2, 8, 4096, 77, 40)),
            new("SD 1.5 text, level 1", new(2, 8, 1024, 77, 80)),
            new("SDXL text, level 1", new(2, 10, 4096, 77, 64)),
        ],
        ["video"] = [new("Wan 1.3B 832x480, 1 of 12 heads", new(1, 1, 32760, 32760, 128))],
    };

    /// <summary>Reads what was given to <c>--shapes</c>.</summary>
    /// <param name="text">Names of sets separated by commas, or five numbers <c>B,H,Lq,Lk,D</c>.</param>
    /// <exception cref="InputException">It is neither.</exception>
    public static IEnumerable<BenchShape> Parse(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts[0].Length > 0 && char.IsAsciiDigit(parts[0][0]))
            return [FromNumbers(text, parts)];

        return parts.SelectMany(name => Sets.TryGetValue(name, out BenchShape[]? shapes)
            ? shapes
            : throw new InputException($"There are no shapes '{name}'; there are {string.Join(", ", Sets.Keys)}, or five numbers "
                + "B,H,Lq,Lk,D such as 2,8,4096,4096,40."));
    }

    private static BenchShape FromNumbers(string text, string[] parts)
    {
        int[] numbers = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                throw NotAShape(text);
        }

        if (numbers.Length != 5)
            throw NotAShape(text);

        try
        {
            return new(text, new AttentionShape(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]));
        }
        catch (ArgumentException fault)
        {
            throw new InputException($"'{text}' is no shape: {InputException.TextOf(fault)}");
        }
    }

    private static InputException NotAShape(string text) =>
        new($"'{text}' is no shape; write five whole numbers B,H,Lq,Lk,D such as 2,8,4096,4096,40.");
}
