// Parts of the kernels for Hopper, each by itself.
#include "kernelgen_primitives.cuh"

using element = kg_f16;
constexpr int warp_threads = 32;
constexpr int head_dim = 64;
constexpr int tile_rows = 64;
constexpr int cluster_blocks = 1;
constexpr int tile_keys = 128;
constexpr int key_tiles = tile_keys / 8;
constexpr int chunk_keys = 512;
constexpr int polynomial_every = 4;

#include "kernelgen_score.cuh"
#include "lanes.cuh"
#include "kernelgen_slice.cuh"
#include "kernelgen_key_chunks.cuh"
#include "work_items.cuh"
#include "key_tiles.cuh"
#include "finish_scores.cuh"
#include "tile_kinds.cuh"
#include "exponentials.cuh"

// What a test is told of an item.
struct Told
{
    int slice_head;
    int row_begin;
    int key_begin;
    int key_end;
};

KG_DEVICE void tell(Told* output, int slice_head, const BlockRows& rows)
{
    kg_store(&output->slice_head, slice_head);
    kg_store(&output->row_begin, rows.begin);
    kg_store(&output->key_begin, rows.key_begin);
    kg_store(&output->key_end, rows.key_end);
}

// The chunks of every block's items, round by round, `most` of them at most.
extern "C" __global__ void __launch_bounds__(1) block_items(const KernelArguments arguments, Told* output, int most)
{
    WorkItem item;
    int count = 0;
    for (int round = 0; take_item(arguments, round, item);)
    {
        BlockRows rows;
        do
        {
            rows = take_chunk(arguments, item);
            tell(output + kg_block_x() * most + count++, item.slice_head, rows);
        } while (has_next_chunk(arguments, rows, group_key_end(arguments, rows)));
    }
}

extern "C" __global__ void __launch_bounds__(1) item_of_index(const KernelArguments arguments, Told* output, int index)
{
    WorkItem item = item_at(arguments, index);
    const BlockRows rows = take_chunk(arguments, item);
    tell(output, item.slice_head, rows);
}

extern "C" __global__ void __launch_bounds__(256) powers_of_two(const float* input, float* output)
{
    const int i = kg_block_x() * 256 + kg_thread();
    kg_store(output + i, polynomial_exp2(kg_load(input + i)));
}

// What the kinds of an item's tiles depend on.
struct Tiles
{
    int row_begin;
    int key_begin;
    int key_end;
    int causal;
    float scale;
};

extern "C" __global__ void __launch_bounds__(32) kinds_of_tiles(const Tiles* input, TileCounts* output)
{
    const Tiles tiles = kg_load(input + kg_block_x());
    BlockRows rows = {};
    rows.begin = tiles.row_begin;
    rows.valid = tile_rows;
    rows.key_begin = tiles.key_begin;
    rows.key_end = tiles.key_end;
    ScoreRule rule = {};
    rule.scale = tiles.scale;
    rule.causal = tiles.causal;
    const TileCounts counts = tile_counts(rule, rows);
    if (kg_thread() == 0)
        kg_store(output + kg_block_x(), counts);
}
