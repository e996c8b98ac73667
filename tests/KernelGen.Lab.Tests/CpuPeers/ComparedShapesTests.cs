using KernelGen.Lab.CpuPeers;
using KernelGen.Tensors;

namespace KernelGen.Lab.Tests.CpuPeers;

[TestClass]
public sealed class ComparedShapesTests
{
    [TestMethod]
    public void EveryNamedShape_IsReadByItsName_AndByItsSizes()
    {
        Assert.HasCount(18, ComparedShapes.All);
        Assert.HasCount(18, ComparedShapes.All.Select(shape => shape.Name).Distinct().ToArray());
        foreach (ComparedShape shape in ComparedShapes.All)
        {
            Assert.AreEqual(shape, ComparedShapes.Parse(shape.Name).Single());
            Assert.AreEqual(shape with { Name = shape.Sizes }, ComparedShapes.Parse(shape.Sizes).Single());
        }

        Assert.HasCount(2, ComparedShapes.Parse("decode,vae"));
    }

    [TestMethod]
    [DataRow("decodes")]
    [DataRow("")]
    [DataRow("1,2,3,4")]
    [DataRow("1,2,3,4,40,diagonal")]
    [DataRow("1,2,3,4,40,causal,boolean")]
    [DataRow("1,6/4,3,4,40")]
    [DataRow("1,6/2/1,3,4,40")]
    [DataRow("1,2,0,4,40")]
    [DataRow("1,2,3,0,40")]
    [DataRow("1,2,3,4,41")]
    [DataRow("1,2,3,4,99999999999")]
    public void WhatIsNoShape_IsRefusedWithWhatWouldDo(string text)
    {
        InputException fault = Assert.ThrowsExactly<InputException>(() => ComparedShapes.Parse(text));
        Assert.Contains($"'{(text.StartsWith('1') ? text : text.Split(',')[0])}'", fault.Message);
    }

    [TestMethod]
    public void Masks_AreThoseOfTheirForm_AndNumbersAreExact()
    {
        ComparedCall padding = new(ComparedShapes.Parse("4,2,8,16,8,padding").Single(), ElementType.Float16);
        CollectionAssert.AreEqual((int[])[4, 1, 1, 16], padding.MaskAxes);
        CollectionAssert.AreEqual(
            (int[])[16, 14, 12, 10], padding.Attend!.Chunk(16).Select(item => item.Count(visible => visible)).ToArray());
        CollectionAssert.AreEqual(padding.Key, padding.Key.Select(number => (float)(Half)number).ToArray());

        ComparedCall additive = new(ComparedShapes.Parse("2,2,8,16,8,additive").Single(), ElementType.BFloat16);
        Assert.HasCount(8 * 16, additive.Bias!);
        CollectionAssert.AreEqual(additive.Bias, additive.Bias!.Select(number => (float)(BFloat16)number).ToArray());

        ComparedCall boolean = new(ComparedShapes.Parse("2,2,64,64,8,boolean").Single(), ElementType.Float32);
        Assert.AreEqual(0.8, boolean.Attend!.Average(visible => visible ? 1 : 0), 0.05);
    }
}
