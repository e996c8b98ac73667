using System.Collections.Frozen;
using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>
/// What was measured on a device, by variant and class of calls. A predicted time is multiplied by the ratio of the measured to the
/// predicted time of the call that was measured: on that call it is the measured time. Immutable.
/// </summary>
internal sealed class KernelMeasurements
{
    private readonly KernelMeasurement[] _all;
    private readonly FrozenDictionary<(KernelVariant Variant, ShapeClass Class), double> _ratios;
    private readonly FrozenDictionary<ShapeClass, double> _greatestRatios;

    /// <summary>Works out the ratios.</summary>
    /// <param name="measurements">The measurements; of several of one variant and class the last holds.</param>
    /// <param name="predict">The time that is predicted for a call that was measured, in seconds; not positive where there is no
    /// prediction.</param>
    public KernelMeasurements(IEnumerable<KernelMeasurement> measurements, Func<KernelMeasurement, double> predict)
    {
        Dictionary<(KernelVariant, ShapeClass), KernelMeasurement> latest = [];
        foreach (KernelMeasurement measurement in measurements)
            latest[(measurement.Variant, measurement.Class)] = measurement;

        _all = [.. latest.Values];
        _ratios =
            latest.ToFrozenDictionary(
                entry => entry.Key, entry => predict(entry.Value) is > 0 and var predicted ? entry.Value.Seconds / predicted : 1);
        _greatestRatios = _ratios.Where(entry => double.IsFinite(entry.Value)).GroupBy(entry => entry.Key.Class)
            .ToFrozenDictionary(group => group.Key, group => group.Max(entry => entry.Value));
    }

    /// <summary>Every measurement.</summary>
    public IReadOnlyList<KernelMeasurement> All => _all;

    /// <summary>
    /// What a predicted time is multiplied by, and whether that comes from a measurement of the variant itself. A variant that was not
    /// measured, in a class of which others were, is taken to be as far from its prediction as the worst of these: being unknown is no
    /// advantage.
    /// </summary>
    public (double Ratio, bool IsMeasured) RatioOf(in ShapeClass shapeClass, KernelVariant variant)
    {
        if (_ratios.TryGetValue((variant, shapeClass), out double ratio))
            return (ratio, true);

        return (_greatestRatios.TryGetValue(shapeClass, out double greatest) ? Math.Max(greatest, 1) : 1, false);
    }
}
