using KernelGen.Cpu;

namespace KernelGen.RuntimeHost.Tests.Cpu;

/// <summary>What is said where kernels run with narrower vectors than the processor has.</summary>
[TestClass]
public sealed class NarrowVectorsTests
{
    private static readonly NarrowVectors _narrow = new(IsX64: true, IsWide: false, ProcessorIsWide: true, IsCompiledAhead: false);

    [TestMethod]
    public void WideVectors_AndOtherProcessors_AreNoNews()
    {
        Assert.IsNull((_narrow with { IsWide = true }).Advice);
        Assert.IsNull((_narrow with { IsX64 = false }).Advice);
        Assert.IsNull((_narrow with { IsX64 = false, ProcessorIsWide = false, IsCompiledAhead = true }).Advice);
    }

    [TestMethod]
    public void AProgramCompiledAhead_IsToldWhatToPublishWith()
    {
        string advice = (_narrow with { IsCompiledAhead = true }).Advice!;
        StringAssert.Contains(advice, "compiled ahead of time for 128-bit vectors");
        StringAssert.Contains(advice, "<IlcInstructionSet>x86-64-v3</IlcInstructionSet>");
    }

    [TestMethod]
    public void AProcessorWithoutThem_IsNotBlamedOnAnybody()
    {
        foreach (bool isCompiledAhead in (bool[])[false, true])
        {
            string advice = (_narrow with { ProcessorIsWide = false, IsCompiledAhead = isCompiledAhead }).Advice!;
            StringAssert.Contains(advice, "The processor shows no AVX2");
            Assert.DoesNotContain("Ilc", advice);
        }
    }

    [TestMethod]
    public void ThisProcess_HasACompiler_AndKnowsItsProcessor()
    {
        Assert.IsFalse(NarrowVectors.Current.IsCompiledAhead);
        if (NarrowVectors.Current.IsWide)
            Assert.IsTrue(NarrowVectors.Current.ProcessorIsWide, "what runs is there");
    }

    [TestMethod]
    public void ASettingThatSwitchesThemOff_IsNamed()
    {
        StringAssert.Contains(_narrow.Advice!, "AVX2 is switched off, although the processor has it");
        StringAssert.Contains(_narrow.Advice!, "DOTNET_EnableAVX2=0");
    }

    [TestMethod]
    public void AskingForThem_IsNoNewsEither()
    {
        using AttentionHost host = AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, VectorPath = CpuVectorPath.Vector128 });
        Assert.AreEqual($"{host.Device.Name}: as asked.", host.DeviceChoice);
    }
}
