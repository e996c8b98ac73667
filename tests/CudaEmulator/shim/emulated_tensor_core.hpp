// Tensor cores, as PTX defines mma.m16n8k16 and m16n8k8 for 16-bit elements. Products are exact and summed in float64, then rounded once: a GPU's sums
// are less exact, in an order that nobody tells.
#pragma once

KG_DEVICE float kg_emulated_value(kg_f16, unsigned int bits) { return kg_f16_to_f32(static_cast<unsigned short>(bits)); }
KG_DEVICE float kg_emulated_value(kg_bf16, unsigned int bits) { return kg_bits_f32((bits & 0xffff) << 16); }

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

template <int k>
struct kg_emulated_product
{
    unsigned int a[k / 4];
    unsigned int b[k / 8];
    float sums[4];
};

// Element (row, column) of a 16 x k matrix a: lane 4 * (row % 8) + column % 8 / 2, register 0 for the upper rows, 1 for the lower ones, 2 more for columns from 8.
template <typename T, int k>
void kg_emulated_multiply(void* const* lanes)
{
    const auto lane = [&](int index) -> kg_emulated_product<k>& { return *static_cast<kg_emulated_product<k>*>(lanes[index]); };
    float a[16][k], b[k][8];
    for (int row = 0; row < 16; row++)
        for (int column = 0; column < k; column++)
            a[row][column] = kg_emulated_value(T(), lane(row % 8 * 4 + column % 8 / 2).a[row / 8 + column / 8 * 2] >> column % 2 * 16);
    for (int row = 0; row < k; row++)
        for (int column = 0; column < 8; column++)
            b[row][column] = kg_emulated_value(T(), lane(column * 4 + row % 8 / 2).b[row / 8] >> row % 2 * 16);
    for (int row = 0; row < 16; row++)
        for (int column = 0; column < 8; column++)
        {
            float& sum = lane(row % 8 * 4 + column / 2).sums[row / 8 * 2 + column % 2];
            double exact = sum;
            for (int i = 0; i < k; i++)
                exact += static_cast<double>(a[row][i]) * b[i][column];
            sum = static_cast<float>(exact);
        }
}

template <typename T>
KG_DEVICE void kg_multiply_k16(T, float (&sums)[4], const kg_fragment& a, unsigned int b0, unsigned int b1, int line = __builtin_LINE())
{
    kg_emulated_product<16> product = {{a.at[0], a.at[1], a.at[2], a.at[3]}, {b0, b1}, {sums[0], sums[1], sums[2], sums[3]}};
    emulated::with_warp(product, kg_emulated_multiply<T, 16>, line);
    for (int i = 0; i < 4; i++)
        sums[i] = product.sums[i];
}

template <typename T>
KG_DEVICE void kg_multiply_k8(T, float (&sums)[4], const kg_fragment& a, unsigned int b0, int line = __builtin_LINE())
{
    kg_emulated_product<8> product = {{a.at[0], a.at[1]}, {b0}, {sums[0], sums[1], sums[2], sums[3]}};
    emulated::with_warp(product, kg_emulated_multiply<T, 8>, line);
    for (int i = 0; i < 4; i++)
        sums[i] = product.sums[i];
}
