// Kernels with one fault each, and one without: a matrix of 64 x 64 elements comes by a tensor copy, and the first warpgroup multiplies it
// by itself.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"

constexpr int warpgroup = 128;
constexpr int box_bytes = 64 * 64 * 2;

struct Place
{
    unsigned int box;
    unsigned int barrier;
};

KG_DEVICE Place begin(int arrivals = 1, bool fenced = true)
{
    const unsigned int shared = kg_shared_address(kg_shared_memory());
    if (kg_thread() == 0)
    {
        kg_mbarrier_init(shared + box_bytes, arrivals);
        if (fenced)
            kg_fence_mbarrier_init();
    }

    kg_barrier();
    return Place { shared, shared + box_bytes };
}

KG_DEVICE void load(const Place& place, const kg_tensor_map& map, unsigned int expected = box_bytes)
{
    if (kg_thread() != 0)
        return;
    if (expected > 0)
        kg_mbarrier_arrive_expect(place.barrier, expected);
    else
        kg_mbarrier_arrive(place.barrier);
    const int origin[2] = {};
    kg_tensor_load(place.box, map, place.barrier, origin);
}

template <int tiles>
KG_DEVICE void multiply(float (&sums)[tiles][4], const Place& place)
{
    const unsigned long long matrix = kg_matrix(place.box, 16, 1024, kg_swizzle_128);
    kg_multiply_shared<0, 0>(kg_f16(), sums, matrix, matrix, false);
}

KG_DEVICE void store(const float (&sums)[8][4], float* output)
{
    for (int n = 0; n < 8; n++)
        for (int i = 0; i < 4; i++)
            kg_store(output + (n * 4 + i) * warpgroup + kg_thread(), sums[n][i]);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) faultless(const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    kg_product_fence();
    multiply(sums, place);
    kg_commit_products();
    kg_wait_products<0>();
    store(sums, output);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) product_without_a_fence(const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    multiply(sums, place);
    kg_commit_products();
    kg_wait_products<0>();
    store(sums, output);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) registers_after_the_fence(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    kg_product_fence();
    const kg_fragment fragment = { { kg_pack(kg_f16(), 1.0f, 2.0f), 0, 0, 0 } };
    kg_multiply_registers<0>(kg_f16(), sums, fragment, kg_matrix(place.box, 16, 1024, kg_swizzle_128), false);
    kg_commit_products();
    kg_wait_products<0>();
    store(sums, output);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) product_before_the_copy_landed(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    load(place, map);
    kg_product_fence();
    multiply(sums, place);
    kg_commit_products();
    kg_wait_products<0>();
    kg_mbarrier_wait(place.barrier, 0);
    store(sums, output);
}

// One warp of four knows that the copy has landed.
extern "C" __global__ void __launch_bounds__(warpgroup, 1) one_warp_waited(const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    load(place, map);
    if (kg_thread() < 32)
        kg_mbarrier_wait(place.barrier, 0);
    kg_named_barrier_arrive(1, warpgroup);
    kg_product_fence();
    multiply(sums, place);
    kg_commit_products();
    kg_wait_products<0>();
    store(sums, output);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) accumulators_changed_too_early(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    kg_product_fence();
    multiply(sums, place);
    kg_commit_products();
    sums[3][1] = kg_add(sums[3][1], 1.0f);
    sums[3][2] = 5.0f;
    kg_wait_products<0>();
    store(sums, output);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) never_waited(const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    kg_product_fence();
    multiply(sums, place);
    kg_commit_products();
    store(sums, output);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) overwritten_while_read(const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    kg_product_fence();
    multiply(sums, place);
    kg_commit_products();
    load(place, map);
    kg_wait_products<0>();
    kg_mbarrier_wait(place.barrier, 1);
    store(sums, output);
}

// Thread 0 has waited for its own warp's part of the product, and overwrites what the others may still read.
extern "C" __global__ void __launch_bounds__(warpgroup, 1) overwritten_without_an_arrival(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    kg_product_fence();
    multiply(sums, place);
    kg_commit_products();
    kg_wait_products<0>();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 1);
    store(sums, output);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) stores_without_a_proxy_fence(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    for (int i = kg_thread(); i < box_bytes / 4; i += warpgroup)
        kg_store_shared(kg_shared_memory() + i, 0.0f);
    kg_barrier();
    kg_product_fence();
    multiply(sums, place);
    kg_commit_products();
    kg_wait_products<0>();
    store(sums, output);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) proxy_fence_after_the_barrier(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    for (int i = kg_thread(); i < box_bytes / 4; i += warpgroup)
        kg_store_shared(kg_shared_memory() + i, 0.0f);
    kg_named_barrier_sync(1, warpgroup);
    kg_fence_async_proxy();
    kg_product_fence();
    multiply(sums, place);
    kg_commit_products();
    kg_wait_products<0>();
    store(sums, output);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) nothing_expected(const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    load(place, map, 0);
    kg_mbarrier_wait(place.barrier, 0);
    kg_store(output + kg_thread(), kg_load_shared<float>(kg_shared_memory() + kg_thread()));
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) too_much_expected(const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    load(place, map, box_bytes + 64);
    kg_mbarrier_wait(place.barrier, 0);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) too_little_expected(const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    load(place, map, box_bytes - 64);
    kg_mbarrier_wait(place.barrier, 0);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) too_many_arrivals(const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    kg_mbarrier_arrive_expect(place.barrier, 64);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) too_few_arrivals(const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin(2);
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) arrives_twice_without_a_wait(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    if (kg_thread() != 0)
        return;
    kg_mbarrier_arrive(place.barrier);
    kg_mbarrier_arrive(place.barrier);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) question_to_no_mbarrier(const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    kg_complete_before_wait(place.barrier, 1.0f, 2.0f);
    kg_complete_before_wait(place.barrier + 8, 1.0f, 2.0f);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) number_of_a_lane(const __grid_constant__ kg_tensor_map map, float* output)
{
    if (kg_uniform(kg_thread() / 32) == kg_thread() / 32)
        kg_store(output + kg_thread(), static_cast<float>(kg_uniform(kg_thread())));
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) mbarrier_not_fenced(const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin(1, false);
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) mbarrier_as_memory(const __grid_constant__ kg_tensor_map map, float* output)
{
    begin();
    kg_store_shared(kg_shared_memory() + box_bytes / 4, 1.0f);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) leaves_before_the_copy_landed(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    load(place, map);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) misplaced_box(const __grid_constant__ kg_tensor_map map, float* output)
{
    Place place = begin();
    place.box += 128;
    load(place, map);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) misplaced_matrix(const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    place.box += 128;
    kg_product_fence();
    multiply(sums, place);
    kg_commit_products();
    kg_wait_products<0>();
}

// 40 columns in panels of 64.
extern "C" __global__ void __launch_bounds__(warpgroup, 1) part_of_a_panel(const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[5][4];
    const Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    kg_product_fence();
    kg_multiply_shared<0, 1>(
        kg_f16(), sums, kg_matrix(place.box, 16, 1024, kg_swizzle_128), kg_matrix(place.box, 1024, 1024, kg_swizzle_128), false);
    kg_commit_products();
    kg_wait_products<0>();
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) half_a_warpgroup(const __grid_constant__ kg_tensor_map map, float* output)
{
    float sums[8][4];
    const Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    if (kg_thread() >= 64)
        return;
    kg_product_fence();
    multiply(sums, place);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) named_barrier_of_two_sizes(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    begin();
    kg_named_barrier_sync(2, kg_thread() < 64 ? 64 : 128);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) named_barrier_without_the_others(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    begin();
    if (kg_thread() < 64)
        kg_named_barrier_sync(2, 128);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) odd_registers(const __grid_constant__ kg_tensor_map map, float* output)
{
    begin();
    kg_release_registers<44>();
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) takes_fewer_registers(const __grid_constant__ kg_tensor_map map, float* output)
{
    begin();
    kg_take_registers<200>();
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) registers_of_half_a_warpgroup(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    begin();
    if (kg_thread() < 64)
        kg_release_registers<40>();
}

extern "C" __global__ void __launch_bounds__(warpgroup) registers_without_a_bound(const __grid_constant__ kg_tensor_map map, float* output)
{
    begin();
    kg_release_registers<40>();
}

extern "C" __global__ void __launch_bounds__(warpgroup, 4) registers_that_nobody_gives(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    begin();
    kg_take_registers<160>();
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) bulk_copy_of_half_a_line(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    if (kg_thread() == 0)
    {
        kg_mbarrier_arrive_expect(place.barrier, 24);
        kg_bulk_load(place.box, output, 24, place.barrier);
    }

    kg_mbarrier_wait(place.barrier, 0);
}

// The output has 64 * 64 floats.
extern "C" __global__ void __launch_bounds__(warpgroup, 1) bulk_copy_past_the_end(const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    if (kg_thread() == 0)
    {
        kg_mbarrier_arrive_expect(place.barrier, 32);
        kg_bulk_load(place.box, output + 64 * 64 - 4, 32, place.barrier);
    }

    kg_mbarrier_wait(place.barrier, 0);
}

extern "C" __global__ void __launch_bounds__(warpgroup, 1) bulk_copy_read_before_it_landed(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    if (kg_thread() == 0)
    {
        for (int i = 0; i < 16; i++)
            kg_store(output + i, 1.0f);
        kg_mbarrier_arrive_expect(place.barrier, 64);
        kg_bulk_load(place.box, output, 64, place.barrier);
        kg_store(output, kg_load_shared<float>(kg_shared_memory()));
    }

    kg_mbarrier_wait(place.barrier, 0);
}

// The thread that stores does not wait for the copy to have read the memory.
extern "C" __global__ void __launch_bounds__(warpgroup, 1) changed_before_the_store_read_it(
    const __grid_constant__ kg_tensor_map map, float* output)
{
    const Place place = begin();
    load(place, map);
    kg_mbarrier_wait(place.barrier, 0);
    if (kg_thread() == 0)
    {
        const int origin[2] = {};
        kg_tensor_store(map, place.box, origin);
        kg_commit_tensor_stores();
        kg_store_shared(kg_shared_memory(), 1.0f);
        kg_wait_tensor_stores<0>();
    }
}
