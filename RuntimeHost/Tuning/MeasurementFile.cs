using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace KernelGen.Tuning;

/// <summary>Remembers measurements in one small file beside the cubin cache, shared by any number of processes.</summary>
/// <remarks>
/// The file is written under another name and renamed, so that a reader sees all of it or nothing; of two processes that write at once one is forgotten. A file that
/// is not sound is passed over, and the log says so; the next write replaces it. A folder that cannot be written to is no error.
/// </remarks>
internal sealed class MeasurementFile(string? path, ILogger logger)
{
    private const int Format = 1;

    /// <summary>More than anybody measures; the oldest go first.</summary>
    private const int MostEntries = 4096;

    /// <summary>The file's name, in the folder of the cubin cache.</summary>
    public const string FileName = "measurements.json";

    /// <summary>Every measurement; none when there is no file, or none that is sound.</summary>
    public IReadOnlyList<MeasurementEntry> Read()
    {
        if (path is null)
            return [];

        try
        {
            using FileStream stream = File.OpenRead(path);
            MeasurementContent? content = JsonSerializer.Deserialize(stream, MeasurementJson.Default.MeasurementContent);
            if (content is { Format: Format })
                return [.. content.Measurements.Where(entry => entry is not null)];

            HostLog.MeasurementsIgnored(logger, path, "it is of another version");
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            // Nothing was measured yet.
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            HostLog.MeasurementsIgnored(logger, path, fault.Message);
        }

        return [];
    }

    /// <summary>Adds measurements to what the file holds by now.</summary>
    public void Add(IReadOnlyList<MeasurementEntry> entries)
    {
        if (path is null || entries.Count == 0)
            return;

        List<MeasurementEntry> all = [.. Read().Where(old => !entries.Any(entry => entry.Replaces(old))), .. entries];
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            MeasurementContent content = new(Format, all[Math.Max(all.Count - MostEntries, 0)..]);
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(content, MeasurementJson.Default.MeasurementContent));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            HostLog.MeasurementsNotKept(logger, path, fault.Message);
            TryDelete(temporary);
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The cubin cache clears it away when it is old.
        }
    }
}
