using KernelGen.Generator.Kernels;
using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Model;

namespace KernelGen.Generator.Tests.Kernels;

[TestClass]
public sealed class KernelDesignTests
{
    [TestMethod]
    [DataRow(KernelTarget.Sm80, KernelFamily.Streaming, 64)]
    [DataRow(KernelTarget.Sm80, KernelFamily.Materialized, 64)]
    [DataRow(KernelTarget.Sm90a, KernelFamily.Materialized, 64)]
    [DataRow(KernelTarget.Sm90a, KernelFamily.Streaming, 264)]
    public void Float32ThatTensorCoresDoNotTake_HasNoVariants(object target, object family, int headDim) =>
        Assert.IsEmpty(
            KernelDesigns.All.Variants([new((KernelTarget)target, headDim, ElementType.Float32, (KernelFamily)family, new([512]))]));

    [TestMethod]
    public void EveryOtherRequest_HasVariants_WithIdsOfTheirOwn()
    {
        KernelRequest[] requests = [.. KernelRequests.All(new([512, 2048]))];
        KernelVariant[] variants = [.. KernelDesigns.All.Variants(requests)];

        Assert.HasCount(variants.Length, variants.Select(static variant => variant.Configuration.Id).Distinct());
        foreach (KernelRequest request in requests.Where(static request => request.ElementType != ElementType.Float32))
            Assert.IsNotEmpty(KernelDesigns.All.Variants([request]), $"{request}");
    }

    [TestMethod]
    public void RepeatedRequests_HaveTheirVariantsOnce()
    {
        KernelRequest request = new(KernelTarget.Sm80, 40, ElementType.Float16, KernelFamily.Streaming, default);

        Assert.AreSequenceEqual(
            KernelDesigns.All.Variants([request]).Select(static variant => variant.Configuration),
            KernelDesigns.All.Variants([request, request]).Select(static variant => variant.Configuration));
    }

    [TestMethod]
    public void VariantsOfASource_HaveOneUnit_AndSourcesHaveNamesOfTheirOwn()
    {
        foreach (IGrouping<string, CudaVariant> unit in KernelDesigns.All.Variants(KernelRequests.All(new([512, 2048])))
            .OfType<CudaVariant>().GroupBy(static variant => variant.UnitClass))
        {
            CudaSourceName[] sources = [.. unit.Select(static variant => variant.Source).Distinct()];

            Assert.HasCount(sources.Length, sources.Select(static source => source.Id).Distinct(), unit.Key);
            Assert.HasCount(sources.Length, sources.Select(static source => source.Property).Distinct(), unit.Key);
        }
    }
}
