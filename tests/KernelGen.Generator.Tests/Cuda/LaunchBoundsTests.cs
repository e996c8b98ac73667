using System.Globalization;
using System.Text.RegularExpressions;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>The planner takes launch bounds for a promise: what the catalogue says of them is what the text says.</summary>
[TestClass]
public sealed partial class LaunchBoundsTests
{
    private static readonly int[] _headDims = [8, 40, 64, 80, 96, 128, 160, 256, 264, 384, 512];

    [TestMethod]
    public void EveryStage_IsBoundedAsItsTextSays()
    {
        foreach (KernelConfiguration variant in SimtVariant.All.Concat(Sm80Variant.All).Concat(Sm90aVariant.All)
            .Where(variant => _headDims.Contains(variant.HeadDim)))
        {
            string text = CudaVariants.Render(variant)
                + string.Concat(CudaVariants.Headers(variant).Select(header => header.Render(TemplateLibrary.Embedded)));
            foreach (CudaStage stage in CudaVariants.Stages(variant))
            {
                Match bounds = Bounds().Matches(text).Single(match => match.Groups["entry"].Value == stage.EntryPoint);

                Assert.AreEqual(stage.Threads, Value(bounds.Groups["threads"].Value, text), stage.EntryPoint);
                Assert.AreEqual(stage.MinimumBlocks, bounds.Groups["blocks"].Success
                    ? Value(bounds.Groups["blocks"].Value, text)
                    : 1, stage.EntryPoint);
            }
        }
    }

    // A number, the name of a constant, or a product of them.
    private static int Value(string expression, string text)
    {
        if (expression.Contains('*'))
            return expression.Split('*', StringSplitOptions.TrimEntries).Aggregate(1, (product, factor) => product * Value(factor, text));

        return int.TryParse(expression, CultureInfo.InvariantCulture, out int number)
            ? number
            : Value(Regex.Match(text, $@"^constexpr int {expression} = ([^;]+);", RegexOptions.Multiline).Groups[1].Value, text);
    }

    [GeneratedRegex(@"__launch_bounds__\((?<threads>\w+)(, (kg_least_blocks\()?(?<blocks>\w+)(, \w+\))?)?\) (?<entry>\w+)\(")]
    private static partial Regex Bounds();
}
