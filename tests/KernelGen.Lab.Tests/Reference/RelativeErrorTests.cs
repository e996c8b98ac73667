using KernelGen.Reference;

namespace KernelGen.Lab.Tests.Reference;

[TestClass]
public sealed class RelativeErrorTests
{
    [TestMethod]
    public void It_is_the_norm_of_the_difference_over_that_of_what_is_right() =>
        Assert.AreEqual(0.2, RelativeError.Of([3.0, 4.0], [3f, 5f]), 1e-15);

    [TestMethod]
    public void Zeros_that_are_right_are_no_error() => Assert.AreEqual(0, RelativeError.Of([0.0, 0.0], [0f, -0f]));

    [TestMethod]
    public void Anything_in_place_of_zeros_is_infinitely_wrong() =>
        Assert.AreEqual(double.PositiveInfinity, RelativeError.Of([0.0], [1e-30f]));

    [TestMethod]
    [DataRow(1.0)]
    [DataRow(0.0)]
    public void NaN_is_infinitely_wrong(double expected)
    {
        Assert.AreEqual(double.PositiveInfinity, RelativeError.Of([expected], [float.NaN]));

        // The reason: in the order of numbers, which assertions go by, NaN comes before all of them.
        Assert.IsLessThan(1e-6, double.NaN);
    }

    [TestMethod]
    public void A_fault_is_infinite_whatever_is_added()
    {
        RelativeError error = new();
        error.AddFault();
        error.Add([1.0], [1.0]);

        Assert.AreEqual(double.PositiveInfinity, error.Value);
    }
}
