namespace KernelGen.Kernels;

/// <summary>A kernel as it is compiled: the text of a variant, with what is chosen at that time.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Specialization">What is chosen.</param>
public readonly record struct SpecializedKernel(KernelVariant Variant, KernelSpecialization Specialization = default)
{
    /// <summary>
    /// The variant's id, followed by <c>+masks</c> where the kernel takes general masks; unique among compiled kernels of a class.
    /// </summary>
    public string Name => Specialization.GeneralMasks ? Variant.Id + "+masks" : Variant.Id;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
