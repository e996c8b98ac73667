using System.Globalization;
using KernelGen.Tensors;
using static System.FormattableString;

namespace KernelGen.Samples.Models;

/// <summary>All annotated classes, and which of them serves a head dim.</summary>
internal static class ModelCatalogue
{
    /// <summary>The classes. Those that have every target, element type and family of a head dim come before those that have some.</summary>
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

    /// <summary>The names of the classes, for messages.</summary>
    public static string Names => string.Join(", ", Models.Select(model => model.Name));

    /// <summary>Every head dim that some class has, ascending.</summary>
    public static IReadOnlyList<int> HeadDims { get; } = [.. Models.SelectMany(model => model.Kernels.HeadDims).Distinct().Order()];

    /// <summary>The class of a name.</summary>
    public static AttentionModel Get(string name) => Models.Single(model => model.Name == name);

    /// <summary>The class that serves a head dim.</summary>
    /// <exception cref="InputException">None does; the message lists the head dims there are and the attribute to write.</exception>
    public static AttentionModel Find(int headDim, ElementType elementType)
    {
        AttentionModel? model = Models.FirstOrDefault(model => model.Kernels.HeadDims.Contains(headDim));
        if (model is not null)
            return model;

        string known = string.Join(", ", HeadDims.Select(known => known.ToString(CultureInfo.InvariantCulture)));
        bool possible = headDim is >= AttentionShape.HeadDimStep and <= AttentionShape.MaxHeadDim && headDim % AttentionShape.HeadDimStep == 0;
        string advice = possible
            ? $"To add one, write [SliceAttention(HeadDims = [{headDim}], ElementTypes = [ElementType.{elementType}])] on a partial class."
            : "Kernels can be generated for multiples of 8 from 8 to 512.";
        throw new InputException(Invariant($"There is no kernel for head dim {headDim}; there are kernels for {known}. {advice}"));
    }
}
