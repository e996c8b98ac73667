using System.Text.Json.Nodes;

namespace KernelGen.Lab.Probes;

/// <summary>What a probe found.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Question">What it asks of the GPU.</param>
/// <param name="Changes">What an answer may change.</param>
internal sealed record ProbeTable(string Name, string Question, string Changes)
{
    /// <summary>The numbers, a row each; the names are those of the JSON.</summary>
    public List<JsonObject> Rows { get; } = [];

    /// <summary>The answer in words, where numbers alone do not give it.</summary>
    public List<string> Answers { get; } = [];

    /// <summary>What could not be done, and why.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>What must not be: the check fails with it.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>How long the probe took.</summary>
    public double Seconds { get; set; }
}
