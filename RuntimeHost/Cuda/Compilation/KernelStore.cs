using KernelGen.Kernels;

namespace KernelGen.Cuda.Compilation;

/// <summary>Gets compiled kernels: from disk where they are there, from the compiler otherwise.</summary>
internal sealed class KernelStore(IKernelCompiler compiler, CubinCache cache, int computeCapability)
{
    /// <summary>What kernels are compiled for.</summary>
    public string Architecture { get; } = compiler.ArchitectureFor(computeCapability);

    /// <summary>A compiled kernel, and whether it came from disk.</summary>
    public (KernelImage Image, bool FromDisk) Get(KernelVariant variant)
    {
        string key = KeyOf(variant);
        return cache.TryRead(key) is { } image ? (image, true) : (CompileAndKeep(variant, key), false);
    }

    /// <summary>Compiles anew what the driver refused to load from disk.</summary>
    public KernelImage Recompile(KernelVariant variant)
    {
        string key = KeyOf(variant);
        cache.Forget(key);
        return CompileAndKeep(variant, key);
    }

    private string KeyOf(KernelVariant variant) => CubinCache.Key(variant, compiler.Identity, Architecture);

    private KernelImage CompileAndKeep(KernelVariant variant, string key)
    {
        KernelImage image = compiler.Compile(variant, Architecture);
        cache.TryWrite(key, image);
        return image;
    }
}
