using KernelGen.Lab.Jit;

namespace KernelGen.Lab.Tests.Jit;

[TestClass]
public sealed class JitListingTests
{
    private const string Listing =
        """
        ; Assembly listing for method Models.Attention+CpuD40+Vector256Kernels:Scores(ptr,ptr,int) (FullOpts)
        ; Emitting BLENDED_CODE for x64 + VEX on Unix
        ; rbp based frame

        G_M000_IG01:                ;; offset=0x0000
               push     rbp
               vmovups  ymm0, ymmword ptr [r8]

        G_M000_IG02:                ;; offset=0x0011
               xor      eax, eax
               vmovaps  ymmword ptr [rbp-0x30], ymm0

        G_M000_IG03:                ;; offset=0x003A
               vbroadcastss ymm1, dword ptr [rdi]
               vfmadd231ps ymm2, ymm1, ymmword ptr [rsi]
               add      rdi, 4
               cmp      rdi, rdx
               jb       SHORT G_M000_IG03
               inc      eax
               cmp      eax, ecx
               jl       SHORT G_M000_IG02
               vzeroupper
               ret

        ; Total bytes of code 140
        ; Assembly listing for method KernelGen.Cpu.Kernels.LaneSoftmax:Weigh[KernelGen.Cpu.Kernels.LaneVector512](ptr) (FullOpts)

        G_M000_IG01:                ;; offset=0x0000
               vmulps   zmm1, zmm1, zmmword ptr [rsp+0x40]
               call     [KernelGen.Cpu.Kernels.LaneVector512:Max(KernelGen.Cpu.Kernels.LaneVector512):KernelGen.Cpu.Kernels.LaneVector512]
               jne      G_M000_IG01
               ret
        """;

    [TestMethod]
    public void A_listing_has_the_methods_their_instructions_and_innermost_loops()
    {
        IReadOnlyList<JitMethod> methods = JitListing.Parse(Listing);

        Assert.HasCount(2, methods);
        Assert.AreEqual("Models.Attention+CpuD40+Vector256Kernels:Scores", methods[0].Name);
        Assert.HasCount(14, methods[0].Instructions);
        Assert.AreEqual(new("vbroadcastss", "ymm1, dword ptr [rdi]"), methods[0].Instructions[4]);
        JitLoop loop = methods[0].Loops.Single();
        Assert.HasCount(5, loop.Instructions);
        Assert.AreEqual("KernelGen.Cpu.Kernels.LaneSoftmax:Weigh[KernelGen.Cpu.Kernels.LaneVector512]", methods[1].Name);
        Assert.HasCount(3, methods[1].Loops.Single().Instructions);
    }

    [TestMethod]
    public void What_goes_by_the_stack_around_a_loop_is_no_fault_and_in_it_is_one()
    {
        IReadOnlyList<JitMethod> methods = JitListing.Parse(Listing);

        Assert.IsEmpty(JitRules.Broken(methods[0]));
        Assert.AreSequenceEqual(
            [
                $"{methods[1].Name}, loop of 3 instructions: 1 vectors go by the stack",
                $"{methods[1].Name}, loop of 3 instructions: 1 calls",
            ],
            JitRules.Broken(methods[1]));
    }

    [TestMethod]
    [DataRow("vfmadd231ps", true)]
    [DataRow("vfnmadd213ps", true)]
    [DataRow("vmulps", true)]
    [DataRow("mulps", true)]
    [DataRow("vmulss", false)]
    [DataRow("vaddps", false)]
    [DataRow("imul", false)]
    public void Multiplications_of_vectors(string mnemonic, bool expected) =>
        Assert.AreEqual(expected, new JitInstruction(mnemonic, "").IsMultiplication);
}
