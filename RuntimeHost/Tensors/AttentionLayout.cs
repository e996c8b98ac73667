namespace KernelGen.Tensors;

/// <summary>The two orders of axes in which frameworks keep attention tensors. Any other order is a <see cref="TensorStrides"/>.</summary>
public enum AttentionLayout
{
    /// <summary><c>[B, H, L, D]</c>: all rows of a head are contiguous (PyTorch's scaled_dot_product_attention).</summary>
    BatchHeadsRows,

    /// <summary>
    /// <c>[B, L, H, D]</c>: all heads of a row are contiguous (FlashAttention, xFormers; the projection's natural output).
    /// </summary>
    BatchRowsHeads,
}
