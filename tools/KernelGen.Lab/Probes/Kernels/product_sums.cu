// How do tensor cores add products of fp16 to fp32: is the sum rounded or cut off, and how many bits of small products are there while it
// is made? Row r of A comes from memory, every element of B is 2^-12. Sums start at the scale, in odd rows at its negative, and the same
// product is added again and again.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"
#include "probe.cuh"
#include "probe_products.cuh"

constexpr int columns = 16;
constexpr int depth = 16;
constexpr unsigned int two_of_b = 0x0c000c00u;  // 2^-12 twice

extern "C" __global__ void __launch_bounds__(128, 1) probe_product_sums(const KernelArguments arguments)
{
    // All elements are the same: in which order they lie does not matter.
    float* const shared = probe_shared();
    for (int word = kg_thread(); word < columns * depth / 2; word += 128)
        kg_store_shared(shared + word, two_of_b);
    kg_fence_async_proxy();
    kg_barrier();

    const int lane = kg_thread() % 32;
    const int row = kg_thread() / 32 * 16 + lane / 4;
    const int k = lane % 4 * 2;
    const unsigned int* const a = static_cast<const unsigned int*>(arguments.query);
    kg_fragment fragments[1];
    for (int i = 0; i < 4; i++)
        fragments[0].at[i] = kg_load(a + ((row + i % 2 * 8) * depth + k + i / 2 * 8) / 2);

    float sums[columns / 8][4];
    for (int n = 0; n < columns / 8; n++)
        for (int i = 0; i < 4; i++)
            sums[n][i] = (row + i / 2 * 8) % 2 == 0 ? arguments.scale : -arguments.scale;

    const unsigned long long b = kg_matrix(kg_shared_address(shared), 16, 8 * depth * 2, kg_swizzle_32);
    for (long long round = 0; round < probe_rounds(arguments); round++)
    {
        kg_pin(sums);
        kg_product_fence();
        kg_multiply_registers<0>(kg_f16(), sums, fragments[0], b, true);
        kg_commit_products();
        kg_wait_products<0>();
    }

    kg_pin(sums);
    kg_pin(fragments);
#pragma unroll
    for (int n = 0; n < columns / 8; n++)
#pragma unroll
        for (int i = 0; i < 4; i++)
            probe_return(arguments, static_cast<long long>(row + i / 2 * 8) * columns + 8 * n + k + i % 2, sums[n][i]);
}
