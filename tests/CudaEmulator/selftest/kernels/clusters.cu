// Clusters: ranks and the barrier, and a ring whose stages every block fills for all.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"

constexpr int warpgroup = 128;
constexpr int part_bytes = 8 * 64 * 2;  // a box of eight rows of 64 elements

// Every block tells its rank and number; after the barrier each thread reads what the next block of its cluster told.
extern "C" __global__ void __cluster_dims__(4, 1, 1) __launch_bounds__(warpgroup) ranks(int* told, int* heard)
{
    const int block = kg_block_y() * kg_grid_x() + kg_block_x();
    kg_store(told + block * warpgroup + kg_thread(), 1000 * block + kg_cluster_rank());
    kg_cluster_arrive();
    kg_cluster_wait();
    const int next = block - kg_cluster_rank() + (kg_cluster_rank() + 1) % 4;
    kg_store(heard + block * warpgroup + kg_thread(), kg_load(told + next * warpgroup + kg_thread()));
}

// Each block copies its part of a stage to all blocks of `mask`; a stage is free when the warps of all blocks have told so. The sum of what
// came, by round.
template <int blocks>
KG_DEVICE void share(const kg_tensor_map& map, unsigned int* output, int rounds, unsigned int mask)
{
    constexpr int stages = 2;
    constexpr int stage_bytes = blocks * part_bytes;
    const unsigned int shared = kg_shared_address(kg_shared_memory());
    const unsigned int full = shared + stages * stage_bytes;
    const unsigned int empty = full + 8 * stages;
    const int rank = kg_cluster_rank();
    const int block = kg_block_y() * kg_grid_x() + kg_block_x();
    int parts = 0;
    for (int i = 0; i < blocks; i++)
        parts += mask >> rank & 1;
    if (kg_thread() == 0)
    {
        for (int stage = 0; stage < stages; stage++)
        {
            kg_mbarrier_init(full + 8 * stage, 1);
            kg_mbarrier_init(empty + 8 * stage, 4 * blocks);
        }

        kg_fence_mbarrier_init();
    }

    kg_cluster_arrive();
    kg_cluster_wait();
    if (kg_thread() < warpgroup)
    {
        for (int round = 0; round < rounds && kg_thread() == 0; round++)
        {
            const int stage = round % stages;
            kg_mbarrier_wait(empty + 8 * stage, round / stages % 2 ^ 1);
            kg_mbarrier_arrive_expect(full + 8 * stage, parts * part_bytes);
            const int place[4] = { 0, ((block - rank) * rounds + round * blocks + rank) * 8, 0, 0 };
            kg_tensor_load_multicast(
                shared + stage * stage_bytes + rank * part_bytes, map, full + 8 * stage, place, static_cast<unsigned short>(mask));
        }
    }
    else
    {
        const int thread = kg_thread() - warpgroup;
        unsigned int sum = 0;
        for (int round = 0; round < rounds; round++)
        {
            const int stage = round % stages;
            kg_mbarrier_wait(full + 8 * stage, round / stages % 2);
            for (int i = thread; i < parts * part_bytes / 4; i += warpgroup)
                sum += (round + 1) * kg_load_shared<unsigned int>(kg_shared_memory() + stage * stage_bytes / 4 + i);
            // All lanes of the warp are done.
            kg_any(true);
            kg_named_barrier_sync(1 + thread / 32, 32);
            if (thread % 32 < blocks)
                kg_mbarrier_arrive_in_cluster(kg_cluster_address(empty + 8 * stage, thread % 32));
        }

        kg_store(output + block * warpgroup + thread, sum);
    }

    kg_cluster_arrive();
    kg_cluster_wait();
}

extern "C" __global__ void __launch_bounds__(2 * warpgroup) __cluster_dims__(2, 1, 1) shared_by_two(
    const __grid_constant__ kg_tensor_map map, unsigned int* output, int rounds, unsigned int mask)
{
    share<2>(map, output, rounds, mask);
}

extern "C" __global__ void __cluster_dims__(4) __launch_bounds__(2 * warpgroup) shared_by_four(
    const __grid_constant__ kg_tensor_map map, unsigned int* output, int rounds, unsigned int mask)
{
    share<4>(map, output, rounds, mask);
}
