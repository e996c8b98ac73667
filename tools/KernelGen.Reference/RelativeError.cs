namespace KernelGen.Reference;

/// <summary>The relative Frobenius error: the norm of a difference over that of what is right.</summary>
/// <remarks>A structure that rows are added to, so that the error of some rows of a large tensor needs no tensor of them.</remarks>
public struct RelativeError
{
    private double _difference;
    private double _norm;

    /// <summary>
    /// The error so far; infinite where only zeros are right and something else is there, and where an element is NaN: a NaN as an error
    /// would come before every bound in the order of numbers.
    /// </summary>
    public readonly double Value => double.IsNaN(_difference) || (_norm == 0 && _difference > 0) ? double.PositiveInfinity
        : _norm > 0 ? Math.Sqrt(_difference / _norm)
        : 0;

    /// <summary>The error of a whole tensor.</summary>
    /// <param name="expected">What is right.</param>
    /// <param name="actual">What is measured against it.</param>
    public static double Of(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual)
    {
        RelativeError error = new();
        for (int i = 0; i < expected.Length; i++)
            error.Add(expected[i], actual[i]);
        return error.Value;
    }

    /// <summary>Adds a row.</summary>
    /// <param name="expected">What is right.</param>
    /// <param name="actual">What is measured against it.</param>
    public void Add(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Add(expected[i], actual[i]);
    }

    /// <summary>Adds a fault that no number can tell: the error is infinite.</summary>
    public void AddFault() => _difference = double.PositiveInfinity;

    private void Add(double expected, double actual)
    {
        _difference += (actual - expected) * (actual - expected);
        _norm += expected * expected;
    }
}
