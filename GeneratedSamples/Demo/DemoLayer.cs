using KernelGen.Samples.Models;
using KernelGen.Tensors;

namespace KernelGen.Samples.Demo;

/// <summary>An attention layer of the demo's UNet.</summary>
/// <param name="Model">The class whose kernels serve it.</param>
/// <param name="Kind"><c>self</c> or <c>cross</c>.</param>
/// <param name="Shape">Its sizes.</param>
internal sealed record DemoLayer(AttentionModel Model, string Kind, AttentionShape Shape)
{
    private const int Batch = 2;
    private const int Heads = 8;
    private const int TextTokens = 77;

    /// <summary>
    /// The self- and cross-attention layers of Stable Diffusion 1.5 at 512x512: image tokens and head dim of each level of the UNet.
    /// </summary>
    public static IReadOnlyList<DemoLayer> StableDiffusion15()
    {
        (int Tokens, int HeadDim)[] levels = [(4096, 40), (1024, 80), (256, 160), (64, 160)];
        AttentionModel self = ModelCatalogue.Get(nameof(StableDiffusion15Attention));
        AttentionModel cross = ModelCatalogue.Get(nameof(TextCrossAttention));
        return
        [
            .. levels.Select(level => new DemoLayer(self, "self", new(Batch, Heads, level.Tokens, level.Tokens, level.HeadDim))),
            .. levels.Select(level => new DemoLayer(cross, "cross", new(Batch, Heads, level.Tokens, TextTokens, level.HeadDim))),
        ];
    }

    /// <summary>The name in the table, such as <c>self 4096x4096</c>.</summary>
    public string Name => Invariant($"{Kind} {Shape.Queries}x{Shape.Keys}");
}
