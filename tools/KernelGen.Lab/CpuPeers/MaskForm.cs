namespace KernelGen.Lab.CpuPeers;

/// <summary>The mask of a call that is compared.</summary>
public enum MaskForm
{
    /// <summary>None.</summary>
    None,

    /// <summary>Boolean, <c>[1, 1, queries, keys]</c>, four of five keys visible at random.</summary>
    Boolean,

    /// <summary>Additive, <c>[1, 1, queries, keys]</c>, normally distributed.</summary>
    Additive,

    /// <summary>Boolean, <c>[batch, 1, 1, keys]</c>: batch items are of different lengths, from all keys down to half of them.</summary>
    Padding,
}
