// Tensor cores, as PTX defines mma.m16n8k16 and m16n8k8 for 16-bit elements; the emulator adds as the GPU that it stands for does.
#pragma once

KG_DEVICE unsigned int kg_pack(kg_f16, float low, float high)
{
    kernelgen_emulator->hopper->registers_written();
    return kg_f32_to_f16(low) | static_cast<unsigned int>(kg_f32_to_f16(high)) << 16;
}

// To nearest, ties to even.
KG_DEVICE unsigned int kg_emulated_bf16(float value)
{
    if (value != value)
        return 0x7fff;
    const unsigned int bits = kg_f32_bits(value);
    return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

KG_DEVICE unsigned int kg_pack(kg_bf16, float low, float high)
{
    kernelgen_emulator->hopper->registers_written();
    return kg_emulated_bf16(low) | kg_emulated_bf16(high) << 16;
}

KG_DEVICE bool kg_emulated_is_bfloat16(kg_f16) { return false; }
KG_DEVICE bool kg_emulated_is_bfloat16(kg_bf16) { return true; }

template <typename T>
KG_DEVICE void kg_emulated_multiply(float (&sums)[4], const emulator::WarpProduct& product, int line)
{
    emulator::WarpProduct lane = product;
    lane.bfloat16 = kg_emulated_is_bfloat16(T());
    for (int i = 0; i < 4; i++)
        lane.sums[i] = sums[i];
    kernelgen_emulator->multiply(&lane, line);
    for (int i = 0; i < 4; i++)
        sums[i] = lane.sums[i];
}

template <typename T>
KG_DEVICE void kg_multiply_k16(T, float (&sums)[4], const kg_fragment& a, unsigned int b0, unsigned int b1, int line = __builtin_LINE())
{
    kg_emulated_multiply<T>(sums, {16, false, {a.at[0], a.at[1], a.at[2], a.at[3]}, {b0, b1}, {}}, line);
}

template <typename T>
KG_DEVICE void kg_multiply_k8(T, float (&sums)[4], const kg_fragment& a, unsigned int b0, int line = __builtin_LINE())
{
    kg_emulated_multiply<T>(sums, {8, false, {a.at[0], a.at[1]}, {b0}, {}}, line);
}
