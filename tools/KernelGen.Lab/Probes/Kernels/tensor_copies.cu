// How many bytes a clock tensor copies bring to a multiprocessor, by the width of their boxes, while all multiprocessors read the same
// tensor from L2.
// PROBE_DIMS: elements of a row of a box, of two bytes. A tile of 128 rows and 64 elements takes 64 / PROBE_DIMS boxes.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"
#include "probe.cuh"

constexpr int dims = PROBE_DIMS;
constexpr int tile_rows = 128;
constexpr int tile_dims = 64;
constexpr int boxes = tile_dims / dims;
constexpr int box_bytes = tile_rows * dims * 2;
constexpr int stages = 8;  // tiles on their way

struct TensorMaps
{
    kg_tensor_map query;
    kg_tensor_map key;
    kg_tensor_map value;
};

extern "C" __global__ void __launch_bounds__(32, 1) probe_tensor_copies(
    const KernelArguments arguments, const __grid_constant__ TensorMaps maps)
{
    const unsigned int tiles = kg_shared_address(probe_shared());
    const unsigned int mbarriers = tiles + stages * boxes * box_bytes;
    if (kg_thread() == 0)
    {
        for (int stage = 0; stage < stages; stage++)
            kg_mbarrier_init(mbarriers + 8 * stage, 1);
        kg_fence_mbarrier_init();
    }

    kg_barrier();
    if (kg_thread() == 0)
    {
        const int tile_count = arguments.keys / tile_rows;
        const long long rounds = probe_rounds(arguments);
        const long long begin = kg_clock();
        for (long long round = 0; round < rounds + stages; round++)
        {
            const int stage = static_cast<int>(round % stages);
            const unsigned int mbarrier = mbarriers + 8 * stage;
            if (round >= stages)
                kg_mbarrier_wait(mbarrier, static_cast<unsigned int>((round / stages - 1) & 1));
            if (round < rounds)
            {
                const int row = static_cast<int>((kg_block_x() * 5 + round) % tile_count) * tile_rows;
                kg_mbarrier_arrive_expect(mbarrier, boxes * box_bytes);
#pragma unroll
                for (int box = 0; box < boxes; box++)
                {
                    const int place[4] = { box * dims, row, 0, 0 };
                    kg_tensor_load(tiles + (stage * boxes + box) * box_bytes, maps.key, mbarrier, place);
                }
            }
        }

        probe_return_clocks(arguments, 0, 1, begin, kg_clock());
    }
}
