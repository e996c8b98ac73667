using KernelGen.Cuda;
using KernelGen.Kernels;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Cuda;

/// <summary>Slice size decides how a kernel works, never what it gives.</summary>
[TestClass]
[ResourceLock(CudaTest.Resource)]
[MemberCondition(typeof(CudaTest), nameof(CudaTest.HasEmulator), IgnoreMessage = CudaTest.NoEmulator)]
public sealed class CudaSliceSizeTests
{
    [TestMethod]
    [DataRow(KernelTarget.Simt)]
    [DataRow(KernelTarget.Sm80)]
    public void EverySliceSize_GivesTheSameBits_AndThoseOfOneTextAreCompiledOnce(KernelTarget target)
    {
        AttentionCall call = AttentionCall.Random(new(1, 2, 100, 150, 40), ElementType.Float16, new() { Causal = true });
        CountingCompiler compiler = new(CudaCompilationTests.Nvrtc());
        using CudaDevice device = CudaTest.Open("8.0", options: new() { Cache = new(null, 0), Compiler = compiler });
        AttentionHost host = CudaTest.Host(device);
        float[]? first = null;
        foreach (KernelVariant variant in SliceSizeAttention.Catalogue.Variants.ToArray().Where(variant => variant.Target == target))
        {
            float[] output = call.Run(host, new KernelCatalogue(variant.Id, variant), ElementType.Float16, out _);
            first ??= output;
            SameBits.Assert(first, output, variant.Id);
        }

        Assert.AreEqual(2, compiler.Compilations);
    }
}
