using KernelGen.Lab.CpuPeers;
using KernelGen.Tensors;

namespace KernelGen.Peers.Torch;

/// <summary>Attention in PyTorch's library, by TorchSharp.</summary>
/// <param name="form">How it is computed.</param>
internal sealed class TorchPeer(TorchForm form) : IPeer
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IPeer> All { get; } = [.. Enum.GetValues<TorchForm>().Select(form => new TorchPeer(form))];

    /// <inheritdoc/>
    public string Name => form switch
    {
        TorchForm.Fused => "torch",
        TorchForm.GroupsAsRows => "torch-groups-as-rows",
        _ => "torch-products",
    };

    /// <inheritdoc/>
    public string Library => "torch";

    /// <inheritdoc/>
    public string Version => TorchLibrary.Version;

    /// <inheritdoc/>
    public string? ReasonAgainst(ComparedShape shape, ElementType elementType)
    {
        if (TorchLibrary.ReasonAgainst is { } reason)
            return reason;

        bool grouped = shape.Shape.KeyValueHeads < shape.Shape.Heads;
        return form == TorchForm.GroupsAsRows && (!grouped || !shape.SeesAllKeys)
            ? "only for groups of heads whose queries see every key"
            : null;
    }

    /// <inheritdoc/>
    public IContender Create(ComparedCall call, int threads) => new TorchContender(call, form, threads);
}
