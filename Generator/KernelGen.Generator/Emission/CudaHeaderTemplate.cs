using System.Globalization;
using System.Linq;
using System.Threading;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>A part that many kernels include: one template, rendered once per class, without a model, and handed to the run-time compiler as a named header.</summary>
/// <param name="Part">Where the template lies below <c>cuda/</c>, such as <c>sm80/streaming</c>. Every other name follows from it.</param>
internal sealed record CudaHeaderTemplate(string Part)
{
    /// <summary>What kernels need from the machine; every kernel includes it first.</summary>
    public static CudaHeaderTemplate Primitives { get; } = new("primitives");

    /// <summary>The place where a score is finished.</summary>
    public static CudaHeaderTemplate Score { get; } = new("score");

    /// <summary>What a block computes of a slice.</summary>
    public static CudaHeaderTemplate Slice { get; } = new("slice");

    /// <summary>Chunks of keys, and how their results are folded; after <see cref="Slice"/>.</summary>
    public static CudaHeaderTemplate KeyChunks { get; } = new("key_chunks");

    /// <summary>Maxima and sums over neighbouring threads.</summary>
    public static CudaHeaderTemplate Reductions { get; } = new("reductions");

    /// <summary>The workspace of the <c>materialized</c> family, and the softmax of its rows.</summary>
    public static CudaHeaderTemplate Materialized { get; } = new("materialized");

    /// <summary>The template's name, such as <c>cuda/sm80/streaming.cuh.sbn</c>.</summary>
    public string TemplateName => $"cuda/{Part}.cuh.sbn";

    /// <summary>The name in <c>#include</c> lines, such as <c>kernelgen_sm80_streaming.cuh</c>.</summary>
    public string Name => $"kernelgen_{Part.Replace('/', '_')}.cuh";

    /// <summary>The member of the emitted class that holds it, such as <c>Sm80Streaming</c>.</summary>
    public string Property =>
        string.Concat(Part.Split('/', '_').Select(static word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word.Substring(1)));

    /// <summary>The header's text. Kernels tell it their configuration by the constants that they declare before they include it.</summary>
    /// <param name="templates">The templates.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    public string Render(TemplateLibrary templates, CancellationToken cancellationToken = default) => templates.Render(TemplateName, [], cancellationToken);
}
