using KernelGen.Tensors;

namespace KernelGen.Kernels;

/// <summary>
/// What of a CUDA kernel is chosen when it is compiled, for a kind of call: no call pays for what it does not use. Part of the identity of
/// a compiled kernel,
/// beside its text.
/// </summary>
/// <param name="GeneralMasks">The kernel has the code for Boolean and additive masks. Causal calls do without: every kernel has the code
/// for them.</param>
public readonly record struct KernelSpecialization(bool GeneralMasks)
{
    /// <summary>The macro that the kernels' text asks for <see cref="GeneralMasks"/>.</summary>
    public const string GeneralMasksMacro = "KERNELGEN_GENERAL_MASKS";

    private static readonly string[] _generalMasksDefined = [GeneralMasksMacro + "=1"];

    /// <summary>The kernel of a call without a mask.</summary>
    public static KernelSpecialization None => default;

    /// <summary>The kernel of a call with a Boolean or additive mask.</summary>
    public static KernelSpecialization Masked => new(GeneralMasks: true);

    /// <summary>Preprocessor definitions, <c>NAME=VALUE</c>, that the text is to be compiled with; none for <see cref="None"/>.</summary>
    public IReadOnlyList<string> Macros => GeneralMasks ? _generalMasksDefined : [];

    /// <summary>The masks that the kernel takes: <c>none</c> or <c>general</c>.</summary>
    public string MaskName => GeneralMasks ? "general" : "none";

    /// <summary>The specialization for a call.</summary>
    /// <param name="arguments">The call.</param>
    public static KernelSpecialization Of(in KernelArguments arguments) => new(arguments.MaskKind != (int)MaskKind.None);
}
