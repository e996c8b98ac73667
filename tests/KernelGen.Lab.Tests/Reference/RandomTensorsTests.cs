using KernelGen.Reference;
using KernelGen.Tensors;

namespace KernelGen.Lab.Tests.Reference;

[TestClass]
public sealed class RandomTensorsTests
{
    [TestMethod]
    public void Numbers_are_normally_distributed()
    {
        float[] tensor = RandomTensors.Normal<float>(100_001, 7);
        double mean = tensor.Average(number => (double)number);
        double variance = tensor.Average(number => Math.Pow(number - mean, 2));

        Assert.AreEqual(0, mean, 0.02);
        Assert.AreEqual(1, variance, 0.02);
        Assert.AreEqual(0.6827, tensor.Average(number => Math.Abs(number) < 1 ? 1.0 : 0), 0.01);
    }

    [TestMethod]
    public void The_seed_decides()
    {
        Assert.AreSequenceEqual(RandomTensors.Normal<Half>(9, 1), RandomTensors.Normal<Half>(9, 1));
        Assert.AreNotEqual(RandomTensors.Normal<Half>(9, 1)[8], RandomTensors.Normal<Half>(9, 2)[8]);
    }

    [TestMethod]
    [DataRow(ElementType.Float16)]
    [DataRow(ElementType.BFloat16)]
    [DataRow(ElementType.Float32)]
    public void Exact_numbers_survive_the_element_type(ElementType elementType)
    {
        float[] tensor = RandomTensors.Exact(1000, 3, elementType, deviation: 4);

        Assert.IsGreaterThan(8, tensor.Max());
        Assert.IsTrue(Array.TrueForAll(tensor, number => number == elementType switch
        {
            ElementType.Float16 => (float)(Half)number,
            ElementType.BFloat16 => (float)(BFloat16)number,
            _ => number,
        }));
    }
}
