namespace KernelGen.Lab.GpuBench;

/// <summary>A line of <c>shapes.json</c>.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Dtype">Element type, such as <c>f16</c>.</param>
/// <param name="Batch">Batch items.</param>
/// <param name="Queries">Query rows.</param>
/// <param name="Causal">Key j is visible to query i only when j &lt;= i.</param>
/// <param name="Family">The only family that may be taken, such as <c>materialized</c>; null for any.</param>
internal sealed record PeerShapeJson(
    string Name, int HeadDim, string Dtype, int Batch, int Heads, int Queries, int Keys, bool Causal, string? Family = null);
