using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Planning.Policies;
using Microsoft.Extensions.Logging;

namespace KernelGen.Tuning;

/// <summary>
/// A device's profile with what was measured on it, in this process and, where the file tells, in others, and with what is known of loaded
/// kernels. Safe to use from several threads.
/// </summary>
internal sealed class MeasuredProfile
{
    private readonly ITunableDevice _device;
    private readonly MeasurementFile _file;
    private readonly Lock _gate = new();
    private readonly ILookup<string, MeasurementEntry> _remembered;
    private volatile DeviceProfile _profile;

    /// <summary>Reads what is remembered.</summary>
    /// <param name="device">The device.</param>
    /// <param name="profile">Its profile.</param>
    /// <param name="reads">False: what other processes measured is not looked at.</param>
    /// <param name="logger">Told what is wrong with the file.</param>
    public MeasuredProfile(ITunableDevice device, DeviceProfile profile, bool reads, ILogger logger)
    {
        (_device, _profile) = (device, profile);
        _file = new(device.MeasurementFolder, logger);
        _remembered = (reads ? _file.Read() : []).Where(entry => entry.Device == device.TimingIdentity).ToLookup(entry => entry.Kernel);
    }

    /// <summary>The profile to plan with.</summary>
    public DeviceProfile Current => _profile;

    /// <summary>Takes in what is remembered of variants.</summary>
    public void Recall(IEnumerable<KernelVariant> variants)
    {
        if (_remembered.Count == 0)
            return;

        List<KernelMeasurement> known = [];
        foreach (KernelVariant variant in variants)
        {
            IEnumerable<MeasurementEntry> entries = _remembered[variant.Id];
            if (!entries.Any())
                continue;

            string code = _device.CodeIdentity(variant);
            foreach (MeasurementEntry entry in entries)
            {
                if (entry.Code == code && entry.TryShape() is { } shape && shape.HeadDim == variant.HeadDim)
                    known.Add(new(variant, shape, entry.Causal, entry.MeasuredBatch, entry.Seconds));
            }
        }

        Take(known, latest: false);
    }

    /// <summary>Takes in new measurements, and remembers them.</summary>
    public void Add(IReadOnlyList<KernelMeasurement> measurements)
    {
        Take(measurements, latest: true);

        // What could not be run may work in another process.
        _file.Add([.. measurements.Where(measurement => double.IsFinite(measurement.Seconds))
            .Select(measurement => MeasurementEntry.Of(_device.TimingIdentity, _device.CodeIdentity(measurement.Variant), measurement))]);
    }

    /// <summary>
    /// Takes in how many blocks of loaded kernels a multiprocessor runs at once, where that is more than their launch bounds promise.
    /// </summary>
    /// <param name="variants">The variants to look at.</param>
    /// <returns>True when something is new: plans may come out another way.</returns>
    public bool TakeLoaded(IEnumerable<KernelVariant> variants)
    {
        if (_profile.Multiprocessor is not { } limits)
            return false;

        lock (_gate)
        {
            Dictionary<KernelVariant, int> more = [];
            foreach (KernelVariant variant in variants)
            {
                if (variant.Cuda is { Stages: [{ } stage, ..] } && _device.ResidentBlocks(variant) is { } blocks
                    && blocks > limits.PromisedBlocks(stage) && _profile.LoadedBlocks?.BlocksOf(variant) != blocks)
                {
                    more.Add(variant, blocks);
                }
            }

            if (more.Count == 0)
                return false;

            // Measured times are held against predictions, which change with this.
            DeviceProfile profile =
                _profile with { LoadedBlocks = (_profile.LoadedBlocks ?? new(new Dictionary<KernelVariant, int>())).With(more) };
            _profile =
                profile.Measurements is { } measurements ? profile with { Measurements = Measured(measurements.All, profile) } : profile;
            return true;
        }
    }

    private static KernelMeasurements Measured(IEnumerable<KernelMeasurement> measurements, DeviceProfile profile) =>
        new(measurements, measurement => ExactSearch.PredictedSeconds(measurement, profile));

    private void Take(IReadOnlyList<KernelMeasurement> measurements, bool latest)
    {
        if (measurements.Count == 0)
            return;

        lock (_gate)
        {
            IReadOnlyList<KernelMeasurement> old = _profile.Measurements?.All ?? [];
            IEnumerable<KernelMeasurement> all = latest ? old.Concat(measurements) : measurements.Concat(old);
            _profile = _profile with { Measurements = Measured(all, _profile) };
        }
    }
}
