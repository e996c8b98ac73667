using System.Text;
using KernelGen.Generator.Kernels;
using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Kernels;

/// <summary>The table of kernels in the documentation is what the registry says.</summary>
[TestClass]
public sealed class DocumentedDesignsTests
{
    private const string Begin = "<!-- kernel designs -->\n";
    private const string End = "<!-- end of kernel designs -->";

    [TestMethod]
    public void Table_IsThatOfTheBaseline()
    {
        string path = Path.Combine(Repository.Root, "docs/04-writing-a-template.md");
        string page = File.ReadAllText(path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("KERNELGEN_UPDATE_BASELINES") == "1")
            File.WriteAllText(path, page[..begin] + Table() + page[end..]);
        else
            Assert.AreEqual(Table(), page[begin..end]);
    }

    private static string Table()
    {
        StringBuilder table =
            new("| target | family | template | element types | head dims | slice size: rows of a tile |\n|---|---|---|---|---|---|\n");
        foreach (IGrouping<(KernelTarget Target, KernelFamily Family, string Template), KernelVariant> kernel in KernelDesigns.All
            .Variants(KernelRequests.All(new([512, 2048, 8192])))
            .GroupBy(static variant => (variant.Configuration.Target, variant.Configuration.Family, variant.Template)))
        {
            string elementTypes = string.Join(", ", kernel.Select(static variant => variant.Configuration.ElementType).Distinct().Order());
            int[] headDims = [.. kernel.Select(static variant => variant.Configuration.HeadDim).Distinct()];
            table.Append(
                $"| `{kernel.Key.Target.ToString().ToLowerInvariant()}` | {kernel.Key.Family.ToString().ToLowerInvariant()} | "
                    + FormattableString.Invariant($"`{kernel.Key.Template}` | {elementTypes} | {headDims.Min()} to {headDims.Max()} | ")
                    + $"{Rows(kernel)} |\n");
        }

        return table.ToString();
    }

    private static string Rows(IEnumerable<KernelVariant> variants) => string.Join(", ", variants
        .GroupBy(static variant => variant.Configuration.SliceRows, static variant => variant.Footprint.TileRows)
        .OrderBy(static rows => rows.Key)
        .Select(static rows => rows.All(tile => tile == rows.Key)
            ? $"{rows.Key}"
            : $"{rows.Key}: {string.Join(" or ", rows.Distinct().Order())}"));
}
