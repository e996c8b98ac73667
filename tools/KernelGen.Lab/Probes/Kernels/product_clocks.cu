// How many clocks products of a warpgroup take, by the columns of B and by where A lies.
// PROBE_COLUMNS: columns of B. PROBE_WARPGROUPS: warpgroups that multiply at the same time, each its own 64 rows by the same B.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"
#include "probe.cuh"
#include "probe_products.cuh"

constexpr int columns = PROBE_COLUMNS;
constexpr int warpgroups = PROBE_WARPGROUPS;
constexpr int warpgroup_threads = 128;
constexpr int panel_dims = 64;                   // K runs along rows of 128 bytes
constexpr int steps = panel_dims / 16;           // products that go through a panel
constexpr int products = 2 * steps;              // of a group
constexpr int a_bytes = 64 * panel_dims * 2;     // of a warpgroup
constexpr int b_bytes = columns * panel_dims * 2;

template <bool a_in_registers>
KG_DEVICE void measure(const KernelArguments& arguments)
{
    float* const shared = probe_shared();
    for (int word = kg_thread(); word < (warpgroups * a_bytes + b_bytes) / 4; word += warpgroups * warpgroup_threads)
        kg_store_shared(shared + word, probe_pattern(word));
    kg_fence_async_proxy();

    const int warpgroup = kg_thread() / warpgroup_threads;
    const unsigned int begin_of_shared = kg_shared_address(shared);
    const unsigned long long a = kg_matrix(begin_of_shared + warpgroup * a_bytes, 16, 8 * panel_dims * 2, kg_swizzle_128);
    const unsigned long long b = kg_matrix(begin_of_shared + warpgroups * a_bytes, 16, 8 * panel_dims * 2, kg_swizzle_128);
    kg_fragment fragments[1];
    for (int i = 0; i < 4; i++)
        fragments[0].at[i] = probe_pattern(kg_thread() + 1000 * i);
    float sums[columns / 8][4] = {};
    kg_barrier();

    const long long begin = kg_clock();
    for (long long round = 0; round < probe_rounds(arguments); round++)
    {
        kg_product_fence();
#pragma unroll
        for (int product = 0; product < products; product++)
        {
            const int along = product % steps * 32;
            if (a_in_registers)
                kg_multiply_registers<0>(kg_f16(), sums, fragments[0], kg_advance(b, along), true);
            else
                kg_multiply_shared<0, 0>(kg_f16(), sums, kg_advance(a, along), kg_advance(b, along), true);
        }

        kg_commit_products();
        kg_wait_products<1>();
    }

    kg_wait_products<0>();
    const long long end = kg_clock();
    kg_pin(sums);
    kg_pin(fragments);
    if (kg_thread() % warpgroup_threads == 0)
        probe_return_clocks(arguments, warpgroup, warpgroups, begin, end);
}

extern "C" __global__ void __launch_bounds__(warpgroups * warpgroup_threads, 1) probe_shared_products(const KernelArguments arguments)
{
    measure<false>(arguments);
}

extern "C" __global__ void __launch_bounds__(warpgroups * warpgroup_threads, 1) probe_register_products(const KernelArguments arguments)
{
    measure<true>(arguments);
}
