using System.Text.RegularExpressions;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;
using KernelGen.Generator.Tests.Cuda;

namespace KernelGen.Generator.Tests.Kernels;

/// <summary>Slice size decides code, or several of them share it.</summary>
[TestClass]
public sealed partial class SliceSizeTests
{
    [TestMethod]
    public void NoTwoTexts_DifferInNamesAlone()
    {
        CudaSource[] sources =
        [
            .. CudaSource.Render(
                KernelDesigns.All.Variants(KernelRequests.All(new([128, 512, 1024, 1152, 2048, 8192]))).OfType<CudaVariant>(),
                TemplateLibrary.Embedded,
                CancellationToken.None),
        ];

        Assert.IsEmpty(sources
            .GroupBy(static source => Code(source))
            .Where(static sources => sources.Count() > 1)
            .Select(static sources => string.Join(" = ", sources.Select(static source => source.Variant.Source.Id))));
    }

    [TestMethod]
    [DataRow(KernelTarget.Simt, 40, 32, 64)]
    [DataRow(KernelTarget.Sm80, 40, 32, 64)]
    [DataRow(KernelTarget.Sm80, 512, 32, 32)]
    public void SmallSlices_HaveShorterTiles_AndKeepTheirScoresInTheCache(object target, int headDim, int smallTileRows, int tileRows)
    {
        (CudaVariant small, CudaVariant medium, CudaVariant large) =
            (Of(target, headDim, 1024), Of(target, headDim, 2048), Of(target, headDim, 8192));

        Assert.AreEqual((smallTileRows, tileRows), (small.Footprint.TileRows, large.Footprint.TileRows));
        Assert.Contains("constexpr bool streams_scores = false;", CudaVariants.Render(small.Configuration));
        Assert.Contains("constexpr bool streams_scores = true;", CudaVariants.Render(large.Configuration));
        Assert.AreEqual(small.Source, Of(target, headDim, 512).Source);
        Assert.AreEqual(medium.Source, large.Source);
    }

    [TestMethod]
    public void Hopper_HasOneText_ForAllSliceSizes() =>
        Assert.AreEqual(Of(KernelTarget.Sm90a, 64, 512).Source, Of(KernelTarget.Sm90a, 64, 8192).Source);

    private static CudaVariant Of(object target, int headDim, int sliceRows) =>
        CudaVariants.Of(new(KernelFamily.Materialized, (KernelTarget)target, ElementType.Float16, headDim, sliceRows));

    // The text without its names and comments, and what it includes.
    private static string Code(CudaSource source) =>
        CommentOrSpace().Replace(source.Text, " ").Replace(source.Variant.Source.EntryPoint, "NAME", StringComparison.Ordinal);

    [GeneratedRegex(@"(?://[^\n]*|\s)+")]
    private static partial Regex CommentOrSpace();
}
