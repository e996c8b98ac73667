using System.Text.Json;
using KernelGen.Files;
using Microsoft.Extensions.Logging;

namespace KernelGen.Tuning;

/// <summary>Remembers measurements in one small file beside the cubin cache, shared by any number of processes.</summary>
/// <remarks>
/// The file is written under another name and renamed, so that a reader sees all of it or nothing; of two processes that write at once one
/// is forgotten. A file that is not sound, or that others own or may write to, is passed over, and the log says so; the next write replaces
/// it. A folder that cannot be written to is no error.
/// </remarks>
internal sealed class MeasurementFile
{
    private const int Format = 1;

    /// <summary>More than anybody measures; the oldest go first.</summary>
    private const int MostEntries = 4096;

    /// <summary>Many times what that many entries take.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>The file's name, in the folder of the cubin cache.</summary>
    public const string FileName = "measurements.json";

    private readonly PrivateFolder? _folder;
    private readonly ILogger _logger;
    private int _saidNotKept;

    /// <summary>The file in a folder; neither need be there.</summary>
    /// <param name="folder">The folder; null remembers nothing.</param>
    /// <param name="logger">Told what is passed over and what is not kept.</param>
    public MeasurementFile(string? folder, ILogger logger)
    {
        _logger = logger;
        _folder = folder is null ? null : new(folder, (path, reason) => HostLog.MeasurementsIgnored(logger, path, reason));
    }

    /// <summary>Every measurement; none when there is no file, or none that is sound.</summary>
    public IReadOnlyList<MeasurementEntry> Read()
    {
        if (_folder?.ForReading(FileName) is not { } path || !File.Exists(path))
            return [];

        if (BoundedFile.TryRead(path, MaxBytes, out string fault) is not { } bytes)
        {
            _folder.Tell(path, fault);
            return [];
        }

        try
        {
            MeasurementContent? content = JsonSerializer.Deserialize(bytes, MeasurementJson.Default.MeasurementContent);
            if (content is { Format: Format })
                return [.. content.Measurements.Where(entry => entry is not null)];

            _folder.Tell(path, "it is of another version");
        }
        catch (JsonException damage)
        {
            _folder.Tell(path, damage.Message);
        }

        return [];
    }

    /// <summary>Adds measurements to what the file holds by now.</summary>
    public void Add(IReadOnlyList<MeasurementEntry> entries)
    {
        if (_folder is null || entries.Count == 0)
            return;

        List<MeasurementEntry> all = [.. Read().Where(old => !entries.Any(entry => entry.Replaces(old))), .. entries];
        MeasurementContent content = new(Format, all[Math.Max(all.Count - MostEntries, 0)..]);
        try
        {
            if (_folder.ForWriting(FileName) is { } path)
            {
                TemporaryFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(content, MeasurementJson.Default.MeasurementContent));
                SweepUp();
            }
        }
        catch (Exception fault) when (PrivateFolder.IsFault(fault))
        {
            // Once: each warm-up would say it again.
            if (Interlocked.Exchange(ref _saidNotKept, 1) == 0)
                HostLog.MeasurementsNotKept(_logger, Path.Combine(_folder.Path, FileName), fault.Message);
        }
    }

    private void SweepUp()
    {
        foreach (FileInfo file in _folder!.Files())
        {
            if (TemporaryFile.TargetOf(file.Name) == FileName && TemporaryFile.IsAbandoned(file))
                file.Delete();
        }
    }
}
