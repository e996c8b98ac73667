using System.Text.Json.Nodes;

namespace KernelGen.Lab.Probes;

/// <summary>The findings of a probe.</summary>
/// <param name="Question">What it asks of the GPU.</param>
/// <param name="Changes">What an answer may change.</param>
internal sealed record ProbeTable(string Name, string Question, string Changes)
{
    /// <summary>The numbers, a row each; the names are those of the JSON.</summary>
    public List<JsonObject> Rows { get; } = [];

    /// <summary>The answer in words, where numbers alone do not give it.</summary>
    public List<string> Answers { get; } = [];

    /// <summary>The measurements that could not be made, and why.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Findings that fail the check.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>The time that the probe took.</summary>
    public double Seconds { get; set; }
}
