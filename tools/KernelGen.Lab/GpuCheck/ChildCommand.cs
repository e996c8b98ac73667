namespace KernelGen.Lab.GpuCheck;

/// <summary>A process to be run.</summary>
/// <param name="FileName">Its program.</param>
internal sealed record ChildCommand(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables that it has besides those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
