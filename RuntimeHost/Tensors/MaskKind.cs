namespace KernelGen.Tensors;

/// <summary>The effect of a mask on the scores.</summary>
public enum MaskKind
{
    /// <summary>There is no mask.</summary>
    None,

    /// <summary>One byte per score: non-zero means that the query attends to the key.</summary>
    Boolean,

    /// <summary>One fp32 number per score, added after scaling; negative infinity hides the key.</summary>
    Additive,
}
