namespace KernelGen.Lab.CpuPeers;

/// <summary>A comparison; the names are those of the JSON, in snake_case there.</summary>
/// <param name="VectorPath">The vector width of KernelGen's kernels.</param>
/// <param name="Processors">Processors that the process may use.</param>
/// <param name="Date">The day, <c>yyyy-MM-dd</c>.</param>
/// <param name="Runtime">The version of .NET.</param>
/// <param name="Version">The version of KernelGen.</param>
/// <param name="Libraries">Versions of the libraries that were compared with.</param>
/// <param name="Rows">The calls.</param>
internal sealed record ComparisonReport(
    string Processor,
    string VectorPath,
    int Processors,
    string Date,
    string Runtime,
    string Version,
    IReadOnlyDictionary<string, string> Libraries,
    IReadOnlyList<ComparedRow> Rows);
