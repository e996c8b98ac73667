// Is the product right when B runs across rows and its last panel is there only in part?
// PROBE_COLUMNS: columns of B. PROBE_PANEL: columns of a panel, 64, 32 or 16. All panels are in memory in full; what lies past the columns
// must not matter.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"
#include "probe.cuh"
#include "probe_products.cuh"

constexpr int columns = PROBE_COLUMNS;
constexpr int panel_dims = PROBE_PANEL;
constexpr int panels = (columns + panel_dims - 1) / panel_dims;
constexpr int depth = 16;
constexpr int panel_bytes = depth * panel_dims * 2;
constexpr int swizzle_bits = panel_dims == 64 ? 7 : panel_dims == 32 ? 3 : 1;
constexpr unsigned long long swizzle = panel_dims == 64 ? kg_swizzle_128 : panel_dims == 32 ? kg_swizzle_64 : kg_swizzle_32;

// Small whole numbers, so that every sum is exact. The host has the same formulas.
KG_DEVICE float a_element(int row, int k)
{
    return static_cast<float>((3 * row + 5 * k) % 7 - 3);
}

KG_DEVICE float b_element(int k, int column)
{
    return column < columns ? static_cast<float>((7 * k + 11 * column) % 13 - 6) : 1000.0f;
}

KG_DEVICE unsigned int pair(float low, float high)
{
    return kg_f32_to_f16(low) | static_cast<unsigned int>(kg_f32_to_f16(high)) << 16;
}

extern "C" __global__ void __launch_bounds__(128, 1) probe_product_layout(const KernelArguments arguments)
{
    float* const shared = probe_shared();
    for (int word = kg_thread(); word < panels * panel_bytes / 4; word += 128)
    {
        const int panel = word / (panel_bytes / 4);
        const int k = word % (panel_bytes / 4) / (panel_dims / 2);
        const int column = word % (panel_dims / 2) * 2;

        // Chunks of 16 bytes change places by the bits of the address above them.
        const int byte = panel * panel_bytes + k * panel_dims * 2 + column * 2;
        const int swizzled = byte ^ (byte >> 7 & swizzle_bits) << 4;
        const int n = panel * panel_dims + column;
        kg_store_shared(shared + swizzled / 4, pair(b_element(k, n), b_element(k, n + 1)));
    }

    kg_fence_async_proxy();
    kg_barrier();

    const int lane = kg_thread() % 32;
    const int row = kg_thread() / 32 * 16 + lane / 4;
    const int k = lane % 4 * 2;
    kg_fragment fragments[1];
    for (int i = 0; i < 4; i++)
    {
        const int at_row = row + i % 2 * 8, at_k = k + i / 2 * 8;
        fragments[0].at[i] = pair(a_element(at_row, at_k), a_element(at_row, at_k + 1));
    }

    float sums[columns / 8][4] = {};
    const unsigned long long b = kg_matrix(kg_shared_address(shared), panel_bytes, 8 * panel_dims * 2, swizzle);
    kg_product_fence();
    kg_multiply_registers<1>(kg_f16(), sums, fragments[0], b, false);
    kg_commit_products();
    kg_wait_products<0>();
    kg_pin(sums);
    kg_pin(fragments);
#pragma unroll
    for (int n = 0; n < columns / 8; n++)
#pragma unroll
        for (int i = 0; i < 4; i++)
            probe_return(arguments, static_cast<long long>(row + i / 2 * 8) * columns + 8 * n + k + i % 2, sums[n][i]);
}
