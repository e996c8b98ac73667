
namespace KernelGen.Lab.Probes;

/// <summary>Writes the products of a warpgroup for any number of columns: the operands of <c>wgmma</c> have to be spelled out.</summary>
internal static class ProbeProducts
{
    /// <summary>Both products as the primitives declare them, in fp16; an emulator has its own.</summary>
    /// <param name="columns">Columns of B: a multiple of 8 from 8 to 256.</param>
    public static string Text(int columns)
    {
        int sums = columns / 2;
        string registers = string.Join(", ", Enumerable.Range(0, sums).Select(i => Invariant($"%{i}")));
        string operands = string.Join(", ", Enumerable.Range(0, sums).Select(i => Invariant($"\"+f\"(sums[{i / 4}][{i % 4}])")));
        string instruction = Invariant($"wgmma.mma_async.sync.aligned.m64n{columns}k16.f32.f16.f16");
        return Invariant($$"""
            // Products of 64 rows by {{columns}} columns.
            #ifndef KERNELGEN_EMULATED
            template <int trans_a, int trans_b>
            KG_DEVICE void kg_multiply_shared(
                kg_f16, float (&sums)[{{columns / 8}}][4], unsigned long long a, unsigned long long b, bool accumulate)
            {
                asm volatile("{ .reg .pred p; setp.ne.b32 p, %{{sums + 2}}, 0; {{instruction}} "
                    "{ {{registers}} }, %{{sums}}, %{{sums + 1}}, p, 1, 1, %{{sums + 3}}, %{{sums + 4}}; }"
                    : {{operands}}
                    : "l"(a), "l"(b), "r"(static_cast<int>(accumulate)), "n"(trans_a), "n"(trans_b));
            }

            template <int trans_b>
            KG_DEVICE void kg_multiply_registers(
                kg_f16, float (&sums)[{{columns / 8}}][4], const kg_fragment& a, unsigned long long b, bool accumulate)
            {
                asm volatile("{ .reg .pred p; setp.ne.b32 p, %{{sums + 5}}, 0; {{instruction}} "
                    "{ {{registers}} }, { %{{sums}}, %{{sums + 1}}, %{{sums + 2}}, %{{sums + 3}} }, "
                    "%{{sums + 4}}, p, 1, 1, %{{sums + 6}}; }"
                    : {{operands}}
                    : "r"(a.at[0]), "r"(a.at[1]), "r"(a.at[2]), "r"(a.at[3]), "l"(b), "r"(static_cast<int>(accumulate)), "n"(trans_b));
            }
            #endif

            """);
    }
}
