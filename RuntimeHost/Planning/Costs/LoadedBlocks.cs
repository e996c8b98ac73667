using System.Collections.Frozen;
using KernelGen.Kernels;

namespace KernelGen.Planning;

/// <summary>
/// Of kernels that are loaded, how many blocks a multiprocessor runs at once: with the registers that the compiler needed, not those that
/// the launch bounds allow it. Holds those that run more than their launch bounds promise. Immutable.
/// </summary>
internal sealed class LoadedBlocks(IReadOnlyDictionary<KernelVariant, int> blocks)
{
    private readonly FrozenDictionary<KernelVariant, int> _blocks = blocks.ToFrozenDictionary();

    /// <summary>The blocks of a variant; null when it is not loaded, or runs as many as are promised.</summary>
    public int? BlocksOf(KernelVariant variant) => _blocks.TryGetValue(variant, out int blocks) ? blocks : null;

    /// <summary>These and others.</summary>
    public LoadedBlocks With(IReadOnlyDictionary<KernelVariant, int> others) =>
        new(_blocks.Where(entry => !others.ContainsKey(entry.Key)).Concat(others).ToDictionary());
}
