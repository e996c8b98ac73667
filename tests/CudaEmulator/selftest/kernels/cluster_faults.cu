// Kernels of clusters of two blocks with one fault each, and one without: block 0 has a box copied to both blocks, and both store what
// came.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"

constexpr int threads = 128;
constexpr int box_bytes = 8 * 64 * 2;
constexpr unsigned short both = 3;

// A box, an mbarrier that it fills, and one that the two blocks' first threads arrive at.
struct Place
{
    unsigned int box;
    unsigned int full;
    unsigned int empty;
    bool first;  // the first thread of the block
    int rank;
};

KG_DEVICE void synchronize()
{
    kg_cluster_arrive();
    kg_cluster_wait();
}

KG_DEVICE Place begin(bool synchronized = true)
{
    const unsigned int shared = kg_shared_address(kg_shared_memory());
    const Place place = { shared, shared + box_bytes, shared + box_bytes + 8, kg_thread() == 0, kg_cluster_rank() };
    if (place.first)
    {
        kg_mbarrier_init(place.full, 1);
        kg_mbarrier_init(place.empty, 2);
        kg_fence_mbarrier_init();
    }

    if (synchronized)
        synchronize();
    else
        kg_barrier();
    return place;
}

KG_DEVICE void expect(const Place& place, unsigned int bytes = box_bytes)
{
    if (place.first)
        kg_mbarrier_arrive_expect(place.full, bytes);
}

KG_DEVICE void copy(const Place& place, const kg_tensor_map& map, unsigned short blocks = both)
{
    const int origin[4] = {};
    if (place.first && place.rank == 0)
        kg_tensor_load_multicast(place.box, map, place.full, origin, blocks);
}

KG_DEVICE void arrive(const Place& place)
{
    if (place.first)
        for (int block = 0; block < 2; block++)
            kg_mbarrier_arrive_in_cluster(kg_cluster_address(place.empty, block));
}

KG_DEVICE void store(const Place& place, unsigned int* output)
{
    for (int i = kg_thread(); i < box_bytes / 4; i += threads)
        kg_store(output + place.rank * (box_bytes / 4) + i, kg_load_shared<unsigned int>(kg_shared_memory() + i));
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) faultless(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    expect(place);
    copy(place, map);
    kg_mbarrier_wait(place.full, 0);
    store(place, output);
    kg_barrier();
    arrive(place);
    kg_mbarrier_wait(place.empty, 0);
    expect(place);
    copy(place, map);
    kg_mbarrier_wait(place.full, 1);
    synchronize();
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) arrives_before_the_barrier(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin(false);
    arrive(place);
    kg_mbarrier_wait(place.empty, 0);
    synchronize();
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) copies_before_the_barrier(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin(false);
    expect(place);
    copy(place, map);
    kg_mbarrier_wait(place.full, 0);
    store(place, output);
    synchronize();
}

// Nobody waits for the arrivals.
extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) leaves_before_the_arrival(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    arrive(place);
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) leaves_before_the_copy(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    expect(place);
    copy(place, map);
    if (place.rank == 0)
        kg_mbarrier_wait(place.full, 0);
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) arrives_at_a_block_that_left(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    if (place.rank == 0)
        arrive(place);
}

// Block 0 knows that its own threads have read the box, not that the other's have.
extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) overwrites_what_the_other_reads(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    expect(place);
    copy(place, map);
    kg_mbarrier_wait(place.full, 0);
    store(place, output);
    kg_barrier();
    copy(place, map);
    expect(place);
    kg_mbarrier_wait(place.full, 1);
    synchronize();
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) copies_over_what_the_other_stored(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    kg_store_shared(kg_shared_memory() + kg_thread(), 1.0f);
    kg_barrier();
    expect(place);
    copy(place, map);
    kg_mbarrier_wait(place.full, 0);
    synchronize();
}

// Both blocks store where the copies of block 0 will land, which begin when it has heard from both.
template <bool releases>
KG_DEVICE void copy_over_stores(const kg_tensor_map& map, unsigned int* output)
{
    const Place place = begin();
    expect(place);
    kg_store_shared(kg_shared_memory() + kg_thread(), 1.0f);
    kg_fence_async_proxy();
    kg_barrier();
    if (!releases)
        arrive(place);
    else
        for (int block = 0; block < 2; block++)
            kg_mbarrier_release_in_cluster_if(kg_cluster_address(place.empty, block), place.first);
    kg_mbarrier_wait(place.empty, 0);
    copy(place, map);
    kg_mbarrier_wait(place.full, 0);
    store(place, output);
    synchronize();
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) copies_over_a_store_it_was_told_of(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    copy_over_stores<true>(map, output);
}

// An arrival without a scope tells the other block that this one has read, not what it has stored.
extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) copies_over_a_store_it_was_not_told_of(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    copy_over_stores<false>(map, output);
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) waits_at_the_others_mbarrier(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    arrive(place);
    kg_mbarrier_wait(kg_cluster_address(place.empty, 1 - place.rank), 0);
    synchronize();
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) arrives_twice_at_the_barrier(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    begin();
    kg_cluster_arrive();
    kg_cluster_arrive();
    kg_cluster_wait();
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) waits_without_an_arrival(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    begin();
    kg_cluster_wait();
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) one_block_misses_the_barrier(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    if (place.rank == 0)
        synchronize();
    else
        kg_mbarrier_wait(place.empty, 0);
}

// Every block gets all bytes of the box.
extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) expects_its_share_alone(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    expect(place, box_bytes / 2);
    copy(place, map);
    kg_mbarrier_wait(place.full, 0);
    store(place, output);
    synchronize();
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) copies_to_no_block(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    expect(place);
    copy(place, map, 4);
    kg_mbarrier_wait(place.full, 0);
    synchronize();
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) addresses_no_block(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    kg_mbarrier_arrive_in_cluster(kg_cluster_address(place.empty, 2));
    synchronize();
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) __launch_bounds__(threads, 1) reads_before_the_copy_landed(
    const __grid_constant__ kg_tensor_map map, unsigned int* output)
{
    const Place place = begin();
    expect(place);
    copy(place, map);
    kg_barrier();
    store(place, output);
    kg_mbarrier_wait(place.full, 0);
    synchronize();
}
