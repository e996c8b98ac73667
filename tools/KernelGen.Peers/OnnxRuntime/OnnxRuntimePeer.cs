using System.Reflection;
using KernelGen.Lab.CpuPeers;
using KernelGen.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace KernelGen.Peers.OnnxRuntime;

/// <summary>Attention in ONNX Runtime.</summary>
/// <param name="form">How it is computed.</param>
internal sealed class OnnxRuntimePeer(OnnxForm form) : IPeer
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IPeer> All { get; } = [.. Enum.GetValues<OnnxForm>().Select(form => new OnnxRuntimePeer(form))];

    /// <inheritdoc/>
    public string Name => form switch
    {
        OnnxForm.MultiHead => "ort-multi-head",
        OnnxForm.Attention => "ort-attention",
        OnnxForm.GroupQuery => "ort-group-query",
        _ => "ort-graph",
    };

    /// <inheritdoc/>
    public string Library => "onnxruntime";

    /// <inheritdoc/>
    public string Version => typeof(InferenceSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    /// <inheritdoc/>
    public string? ReasonAgainst(ComparedShape shape, ElementType elementType)
    {
        bool grouped = shape.Shape.KeyValueHeads < shape.Shape.Heads;
        if (elementType == ElementType.BFloat16)
            return "no bf16 on the CPU";

        return form switch
        {
            OnnxForm.MultiHead when grouped => "no groups of heads",
            OnnxForm.Graph when grouped => "groups of heads would have to be repeated",
            OnnxForm.GroupQuery when shape.Mask != MaskForm.None || !(shape.Causal || shape.Shape.Queries == 1) => "causal calls only",
            _ => null,
        };
    }

    /// <inheritdoc/>
    public IContender Create(ComparedCall call, int threads) => new OnnxContender(call, form, threads);
}
