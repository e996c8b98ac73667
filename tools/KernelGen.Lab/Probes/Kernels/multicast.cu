// How many bytes a clock tensor copies bring to a multiprocessor, when each block copies its own tiles and when two blocks of a cluster
// copy half of each to both. Neighbouring blocks want the same tiles, as those of one head do. PROBE_CLUSTER: blocks of a cluster.
// PROBE_MULTICAST: 1 when they copy for each other.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"
#include "probe.cuh"

constexpr int cluster_blocks = PROBE_CLUSTER;
constexpr bool multicast = PROBE_MULTICAST != 0;
constexpr int sharing_blocks = multicast ? cluster_blocks : 1;
constexpr int tile_rows = 128;
constexpr int part_rows = tile_rows / 2;  // of a box: a tile takes two
constexpr int tile_dims = 64;
constexpr int part_bytes = part_rows * tile_dims * 2;
constexpr int tile_bytes = 2 * part_bytes;
constexpr int stages = 8;  // tiles on their way

struct TensorMaps
{
    kg_tensor_map query;
    kg_tensor_map key;
    kg_tensor_map value;
};

extern "C" __global__ void __cluster_dims__(cluster_blocks, 1, 1) __launch_bounds__(128, 1) probe_multicast(
    const KernelArguments arguments, const __grid_constant__ TensorMaps maps)
{
    const unsigned int tiles = kg_shared_address(probe_shared());
    const unsigned int full = tiles + stages * tile_bytes;
    const unsigned int empty = full + 8 * stages;
    if (kg_thread() == 0)
    {
        for (int stage = 0; stage < stages; stage++)
        {
            kg_mbarrier_init(full + 8 * stage, 1);
            kg_mbarrier_init(empty + 8 * stage, sharing_blocks);
        }

        kg_fence_mbarrier_init();
    }

    kg_cluster_arrive();
    kg_cluster_wait();
    if (kg_thread() == 0)
    {
        const int tile_count = arguments.keys / tile_rows;
        const long long rounds = probe_rounds(arguments);
        const long long begin = kg_clock();
        for (long long round = 0; round < rounds + stages; round++)
        {
            const int stage = static_cast<int>(round % stages);
            const unsigned int full_here = full + 8 * stage;
            const unsigned int empty_here = empty + 8 * stage;
            if (round >= stages)
            {
                // The tile of `stages` rounds ago has come; all blocks that copy into it hear that it has been used.
                kg_mbarrier_wait(full_here, static_cast<unsigned int>((round / stages - 1) & 1));
                for (int block = 0; block < sharing_blocks; block++)
                    kg_mbarrier_arrive_in_cluster(kg_cluster_address(empty_here, multicast ? block : kg_cluster_rank()));
            }

            if (round < rounds)
            {
                // An mbarrier that nobody arrived at lets a wait for parity 1 pass: the first tiles need not wait.
                kg_mbarrier_wait(empty_here, static_cast<unsigned int>((round / stages - 1) & 1));
                kg_mbarrier_arrive_expect(full_here, tile_bytes);
                const int row = static_cast<int>((kg_block_x() / 2 * 5 + round) % tile_count) * tile_rows;
#pragma unroll
                for (int part = 0; part < 2; part++)
                {
                    const int place[4] = { 0, row + part * part_rows, 0, 0 };
                    const unsigned int target = tiles + stage * tile_bytes + part * part_bytes;
                    if (!multicast)
                        kg_tensor_load(target, maps.key, full_here, place);
                    else if (part == kg_cluster_rank())
                        kg_tensor_load_multicast(target, maps.key, full_here, place, 3);
                }
            }
        }

        probe_return_clocks(arguments, 0, 1, begin, kg_clock());
    }

    // A block's memory has to be there until the other's last copies and arrivals have come.
    kg_cluster_arrive();
    kg_cluster_wait();
}
