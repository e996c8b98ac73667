using KernelGen.Generator.Emission;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Model;

[TestClass]
public sealed class CpuKernelUnitTests
{
    [TestMethod]
    public void EveryHeadDim_RendersInUnder1000Lines()
    {
        (KernelFamily, ElementType)[] kinds =
        [
            .. from family in Enum.GetValues<KernelFamily>() from elementType in Enum.GetValues<ElementType>() select (family, elementType),
        ];
        for (int headDim = 8; headDim <= 512; headDim += 8)
        {
            string text = CpuKernelUnit.Render(TemplateLibrary.Embedded, headDim, kinds, CancellationToken.None);

            StringAssert.Contains(text, $"private static unsafe class {CpuKernelUnit.ClassName(headDim)}\n{{\n");
            Assert.IsLessThan(1000, text.Count(character => character == '\n'), $"d={headDim}");
            Assert.AreEqual(18, text.Split("public static void ").Count(part => part.StartsWith("Streaming") || part.StartsWith("Materialized")));
        }
    }

    [TestMethod]
    public void OnlyWhatIsAskedFor_IsRendered()
    {
        string text = CpuKernelUnit.Render(TemplateLibrary.Embedded, 64, [(KernelFamily.Streaming, ElementType.BFloat16)], CancellationToken.None);

        StringAssert.Contains(text, "StreamingBF16Vector256(");
        StringAssert.DoesNotMatch(text, new("Materialized|F32Vector|Half"));
    }

    [TestMethod]
    public void Footprint_CountsScoresOnlyWhereThereAreAny()
    {
        int scratch = CpuTiling.For(40).Scratch.Bytes;

        Assert.AreEqual(new(128, CpuTiling.KeyStep, 0, scratch), FootprintOf(KernelFamily.Streaming));
        Assert.AreEqual(new(128, CpuTiling.KeyStep, 4, scratch), FootprintOf(KernelFamily.Materialized));

        static KernelFootprint FootprintOf(KernelFamily family) =>
            CpuKernelUnit.Footprint(new(family, KernelTarget.Cpu, ElementType.Float16, 40, 512));
    }

    [TestMethod]
    public void KernelName_TellsFamilyTypeAndWidth()
    {
        Assert.AreEqual("StreamingF16Vector512", CpuKernelUnit.KernelName(KernelFamily.Streaming, ElementType.Float16, 512));
        Assert.AreEqual("MaterializedBF16Vector128", CpuKernelUnit.KernelName(KernelFamily.Materialized, ElementType.BFloat16, 128));
    }
}
