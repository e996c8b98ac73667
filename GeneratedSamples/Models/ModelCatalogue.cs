using KernelGen.CommandLine.Classes;
using KernelGen.Tensors;

namespace KernelGen.Samples.Models;

/// <summary>All annotated classes, and which of them serves a head dim.</summary>
internal static class ModelCatalogue
{
    /// <summary>
    /// The classes. Those that have every target, element type and family of a head dim come before those that have some.
    /// </summary>
    public static IReadOnlyList<AttentionModel> Models { get; } =
    [
        new(nameof(StableDiffusion15Attention), "UNet of Stable Diffusion 1.x",
            StableDiffusion15Attention.Catalogue, host => new StableDiffusion15Attention(host)),
        new(nameof(StableDiffusionXLAttention), "UNets of Stable Diffusion 2.x and XL",
            StableDiffusionXLAttention.Catalogue, host => new StableDiffusionXLAttention(host)),
        new(nameof(DiffusionTransformerAttention), "Flux, Stable Diffusion 3",
            DiffusionTransformerAttention.Catalogue, host => new DiffusionTransformerAttention(host)),
        new(nameof(VaeMidBlockAttention), "middle block of the autoencoders",
            VaeMidBlockAttention.Catalogue, host => new VaeMidBlockAttention(host)),
        new(nameof(LanguageVisionAttention), "language and vision transformers",
            LanguageVisionAttention.Catalogue, host => new LanguageVisionAttention(host)),
        new(nameof(TextCrossAttention), "cross-attention to 77 or 154 text tokens",
            TextCrossAttention.Catalogue, host => new TextCrossAttention(host)),
        new(nameof(VideoTransformerAttention), "Wan, HunyuanVideo",
            VideoTransformerAttention.Catalogue, host => new VideoTransformerAttention(host)),
    ];

    /// <summary>The classes as commands want them.</summary>
    public static ModelClassList Classes { get; } = new(Models);

    /// <summary>The class of a name.</summary>
    public static AttentionModel Get(string name) => Models.Single(model => model.Name == name);

    /// <summary>The class that serves a head dim.</summary>
    /// <exception cref="InputException">None does; the message lists the head dims there are and the attribute to write.</exception>
    public static AttentionModel Find(int headDim, ElementType elementType) => (AttentionModel)Classes.Find(headDim, elementType);
}
