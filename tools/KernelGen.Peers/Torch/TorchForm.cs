namespace KernelGen.Peers.Torch;

/// <summary>Ways to compute attention in PyTorch.</summary>
internal enum TorchForm
{
    /// <summary>
    /// <c>scaled_dot_product_attention</c>. TorchSharp cannot tell it of groups of heads: their keys and values are repeated in every
    /// call, as an application has to.
    /// </summary>
    Fused,

    /// <summary>The same, with the query heads of a group as rows of one head: nothing is repeated.</summary>
    GroupsAsRows,

    /// <summary>Two products with a softmax between them, over the whole matrix of scores.</summary>
    Products,
}
