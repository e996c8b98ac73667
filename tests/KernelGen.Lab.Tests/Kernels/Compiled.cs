using System.Collections.Concurrent;
using KernelGen.Cuda;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;
using KernelGen.Lab.Sass;
using KernelGen.Samples.Models;

namespace KernelGen.Lab.Tests.Kernels;

/// <summary>Kernels of the sample's classes as the compiler of this machine makes them, each compiled once for all tests.</summary>
internal static class Compiled
{
    public const string NoCompiler = "There is no NVRTC: KERNELGEN_NVRTC_LIBRARY names it where it is not in a usual place.";

    public const string NoDisassembler =
        "This needs NVRTC and nvdisasm: KERNELGEN_NVRTC_LIBRARY and KERNELGEN_NVDISASM name them where they are not in a usual place.";

    private static readonly Lazy<AdvanceCompiler?> _compiler = new(Find);
    private static readonly Lazy<Disassembler?> _disassembler = new(Disassembler.Find);
    private static readonly ConcurrentDictionary<(SpecializedKernel Kernel, int ComputeCapability), Lazy<KernelCompilation>> _kernels = [];
    private static readonly ConcurrentDictionary<(SpecializedKernel Kernel, int ComputeCapability), Lazy<SassFunction>> _functions = [];

    public static bool HasCompiler => _compiler.Value is not null;

    public static bool HasDisassembler => HasCompiler && _disassembler.Value is not null;

    /// <summary>The kernel of an id, without general masks unless <c>+masks</c> follows.</summary>
    public static SpecializedKernel Kernel(string name)
    {
        string[] parts = name.Split('+');
        IEnumerable<KernelVariant> variants = ModelCatalogue.Models.SelectMany(model => model.Kernels.Variants.ToArray());
        KernelVariant variant = variants.FirstOrDefault(variant => variant.Id == parts[0])
            ?? throw new AssertFailedException($"No class has a kernel {parts[0]}.");
        return variant.Specialize(parts.Length > 1 ? KernelSpecialization.Masked : KernelSpecialization.None);
    }

    /// <summary>What became of a kernel.</summary>
    public static KernelCompilation Compilation(string name, int computeCapability) =>
        _kernels.GetOrAdd((Kernel(name), computeCapability), key => new(() => Compile(key.Kernel, key.ComputeCapability))).Value;

    /// <summary>The machine code of the first stage of a kernel, which has its mainloop.</summary>
    public static SassFunction Function(string name, int computeCapability) =>
        _functions.GetOrAdd((Kernel(name), computeCapability), key => new(() => Disassemble(name, key.ComputeCapability))).Value;

    /// <summary>The mainloop of a kernel.</summary>
    public static Mainloop Mainloop(string name, int computeCapability) =>
        Lab.Sass.Mainloop.Find(Function(name, computeCapability)) ?? throw new AssertFailedException($"{name} has no mainloop.");

    private static AdvanceCompiler? Find()
    {
        try
        {
            return AdvanceCompiler.Create();
        }
        catch (DeviceNotUsableException)
        {
            return null;
        }
    }

    private static KernelCompilation Compile(SpecializedKernel kernel, int computeCapability) =>
        _compiler.Value!.Compile([new(kernel, new CudaArchitecture(computeCapability))]).Single();

    private static SassFunction Disassemble(string name, int computeCapability)
    {
        KernelCompilation compilation = Compilation(name, computeCapability);
        KernelImage image = compilation.Image ?? throw new AssertFailedException(compilation.Fault!.Message);
        string entryPoint = compilation.Request.Kernel.Variant.Cuda!.Stages[0].EntryPoint;
        SassFunction first = _disassembler.Value!.Functions(image.Bytes.Span).Single(function => function.Name == entryPoint);
        return first with { TakesMasks = compilation.Request.Kernel.Specialization.GeneralMasks };
    }
}
