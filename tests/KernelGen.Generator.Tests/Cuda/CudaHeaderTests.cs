using System.Text.RegularExpressions;
using KernelGen.Generator.Emission;
using KernelGen.Generator.Kernels;
using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Cuda;

/// <summary>The parts that kernels include instead of spelling them out.</summary>
[TestClass]
public sealed partial class CudaHeaderTests
{
    private static readonly CudaHeaderTemplate _primitives = new("primitives");

    private static readonly KernelConfiguration[] _variants = [.. SimtVariant.All, .. Sm80Variant.All];

    [TestMethod]
    public void EveryVariant_IncludesItsHeadersAndNothingElse()
    {
        foreach (KernelConfiguration variant in _variants)
        {
            string text = CudaVariants.Render(variant);

            Assert.AreSequenceEqual(
                CudaVariants.Headers(variant).Select(header => header.Name), EmittedCudaText.Includes(text), variant.Id);
            Assert.AreEqual(_primitives, CudaVariants.Headers(variant)[0]);
        }
    }

    [TestMethod]
    public void EveryKernel_IsShort()
    {
        // What does not depend on the configuration belongs into a header: a class has hundreds of kernels.
        foreach (KernelConfiguration variant in _variants)
        {
            string text = CudaVariants.Render(variant);

            Assert.IsLessThan(2700, text.Length, variant.Id);
        }
    }

    [TestMethod]
    public void NoKernel_SpellsOutInstructions()
    {
        // Instructions of a shape, with their hundreds of registers, are a header of the class, too.
        foreach (KernelConfiguration variant in _variants.Concat(Sm90aVariant.All))
            Assert.DoesNotContain("asm", CudaVariants.Render(variant), variant.Id);
    }

    [TestMethod]
    public void CudaOfAClass_HasWhatKernelsShareOnce()
    {
        // Head dims, types and slice sizes of Stable Diffusion 1.5; kernels that spelled out their bodies were 420 KB of it.
        CudaSource[] sources =
        [
            .. CudaSource.Render(
                KernelDesigns.All.Variants(
                    from target in new[] { KernelTarget.Simt, KernelTarget.Sm80 }
                    from headDim in new[] { 40, 80, 160 }
                    from elementType in new[] { ElementType.Float16, ElementType.BFloat16, ElementType.Float32 }
                    from family in new[] { KernelFamily.Materialized, KernelFamily.Streaming }
                    select new KernelRequest(target, headDim, elementType, family, new([512, 2048, 8192]))).OfType<CudaVariant>(),
                TemplateLibrary.Embedded,
                CancellationToken.None),
        ];
        int kernels = sources.Sum(static source => source.Text.Length);
        int headers = sources.SelectMany(static source => source.Headers).Distinct()
            .Sum(static header => header.Render(TemplateLibrary.Embedded).Length);

        Assert.HasCount(59, sources);
        Assert.IsLessThan(0.7 * 419925, kernels + headers);
    }

    [TestMethod]
    public void Merge_HasTheThreadsOfItsLaunch() => Assert.Contains(
        $"constexpr int merge_threads = {KeyChunks.MergeThreads};", new CudaHeaderTemplate("key_chunks").Render(TemplateLibrary.Embedded));

    [TestMethod]
    public void EveryKernelForAnyNumberOfKeys_AddsUpNoMoreThanAChunkOfThem()
    {
        foreach (KernelConfiguration variant in _variants.Concat(Sm90aVariant.All).Where(static variant => variant.MaximumKeys == 0))
        {
            KernelFootprint footprint = CudaVariants.Footprint(variant);
            int chunk = KeyChunks.Keys(footprint.TileKeys, variant.HeadDim);
            int least = variant.HeadDim > 256 ? 2048 : 4096;

            Assert.IsTrue(chunk % footprint.TileKeys == 0 && chunk >= least && chunk - footprint.TileKeys < least, variant.Id);
            Assert.Contains($"constexpr int chunk_keys = {chunk};", CudaVariants.Render(variant), variant.Id);
            Assert.AreEqual(variant.Family == KernelFamily.Streaming
                ? (chunk, 4 * (variant.HeadDim + 2))
                : (0, 0), (footprint.ChunkKeys, footprint.PartialBytesPerRow), variant.Id);
        }
    }

    [TestMethod]
    public void Headers_AreCleanAndSayWhatTheyAre()
    {
        foreach (CudaHeaderTemplate header in _variants.Concat(Sm90aVariant.All).SelectMany(variant => CudaVariants.Headers(variant))
            .Distinct())
        {
            string text = header.Render(TemplateLibrary.Embedded);

            EmittedCudaText.AssertClean(text);
            Assert.StartsWith("// KernelGen ", text, header.Name);
            Assert.AreSequenceEqual(header == _primitives ? ["kernelgen_emulated.hpp"] : [], EmittedCudaText.Includes(text), header.Name);
        }
    }

    [TestMethod]
    public void EveryFunction_IsForTheDevice()
    {
        // NVRTC takes a function without a mark for one of the host, which no kernel may call; clang calls it all the same when it is
        // constexpr.
        IEnumerable<string> texts = _variants.Concat(Sm90aVariant.All).SelectMany(static variant => CudaVariants.Headers(variant)
            .Select(static header => header.Render(TemplateLibrary.Embedded))
            .Append(CudaVariants.Render(variant))).Distinct();
        foreach (string text in texts)
            Assert.AreSequenceEqual([], UnmarkedFunction().Matches(text).Select(static match => match.Value));
    }

    [TestMethod]
    public void Names_TellPartialsFromHeaders()
    {
        TemplateLibrary templates = TemplateLibrary.Embedded;
        string[] names = [.. templates.Names.Where(static name => name.EndsWith(".cuh.sbn", StringComparison.Ordinal))];
        IEnumerable<string> partials = templates.Names.SelectMany(name => Inclusion().Matches(templates.TextOf(name)))
            .Select(static match => match.Groups[1].Value).Where(names.Contains).Distinct();
        IEnumerable<string> headers = _variants.Concat(Sm90aVariant.All).SelectMany(static variant => CudaVariants.Headers(variant))
            .Select(static header => header.TemplateName).Distinct();

        Assert.AreSequenceEqual(names.Where(static name => name.Contains("/_")), partials.Order(StringComparer.Ordinal));
        Assert.AreSequenceEqual(names.Where(static name => !name.Contains("/_")), headers.Order(StringComparer.Ordinal));
    }

    [TestMethod]
    public void Names_FollowFromThePart()
    {
        CudaHeaderTemplate header = new("sm80/streaming_split");

        Assert.AreEqual("kernelgen_sm80_streaming_split.cuh", header.Name);
        Assert.AreEqual("cuda/sm80/streaming_split.cuh.sbn", header.TemplateName);
        Assert.AreEqual("Sm80StreamingSplit", header.Property);
    }

    // A declaration that begins a line and has parameters, but neither a value nor one of the words that may come first.
    [GeneratedRegex(@"^(?!KG_DEVICE |extern ""C"" |static_assert|template |struct |using |//|#)\S[^=\n]*\(.*$", RegexOptions.Multiline)]
    private static partial Regex UnmarkedFunction();

    [GeneratedRegex("include '([^']+)'")]
    private static partial Regex Inclusion();
}
