// Kernels with one fault each, and one without. Every block has 64 threads.
#include "kernelgen_primitives.cuh"

constexpr int threads = 64;

// Without a fault: each thread takes its neighbour's number through shared memory, then the sum of its warp's by shuffles.
extern "C" __global__ void __launch_bounds__(threads) faultless(const float* input, float* output)
{
    float* shared = kg_shared_memory();
    kg_store_shared(shared + kg_thread(), kg_load(input + kg_thread()));
    kg_barrier();
    float value = kg_load_shared<float>(shared + (kg_thread() + 1) % threads);
    for (int bits = 16; bits > 0; bits /= 2)
        value = kg_add(value, kg_shuffle_xor(value, bits));
    kg_store(output + kg_block_x() * threads + kg_thread(), value);
}

extern "C" __global__ void __launch_bounds__(threads) missing_barrier(const float* input, float* output)
{
    float* shared = kg_shared_memory();
    kg_store_shared(shared + kg_thread(), kg_load(input + kg_thread()));
    kg_store(output + kg_thread(), kg_load_shared<float>(shared + (kg_thread() + 1) % threads));
}

// The second round overwrites what a slower thread has still to read in the first.
extern "C" __global__ void __launch_bounds__(threads) missing_second_barrier(const float* input, float* output)
{
    float* shared = kg_shared_memory();
    for (int round = 0; round < 2; round++)
    {
        kg_store_shared(shared + kg_thread(), kg_load(input + kg_thread()));
        kg_barrier();
        kg_store(output + kg_thread(), kg_load_shared<float>(shared + (kg_thread() + 1) % threads));
    }
}

extern "C" __global__ void __launch_bounds__(threads) store_past_the_end(const float* input, float* output)
{
    kg_store(output + kg_thread() + 1, kg_load(input + kg_thread()));
}

extern "C" __global__ void __launch_bounds__(threads) load_before_the_begin(const float* input, float* output)
{
    kg_store(output + kg_thread(), kg_load(input + kg_thread() - 1));
}

extern "C" __global__ void __launch_bounds__(threads) misaligned_quad(const float* input, float* output)
{
    if (kg_thread() == 5)
        kg_store(output, kg_load(reinterpret_cast<const kg_quad<float>*>(input + 1)).at[0]);
}

extern "C" __global__ void __launch_bounds__(threads) load_of_unwritten_memory(const float*, float* output)
{
    kg_store(output + kg_thread(), kg_load(output + (kg_thread() + 1) % threads));
}

extern "C" __global__ void __launch_bounds__(threads) load_of_unwritten_shared_memory(const float* input, float* output)
{
    float* shared = kg_shared_memory();
    if (kg_thread() != 7)
        kg_store_shared(shared + kg_thread(), kg_load(input + kg_thread()));
    kg_barrier();
    kg_store(output + kg_thread(), kg_load_shared<float>(shared + kg_thread()));
}

extern "C" __global__ void __launch_bounds__(threads) past_shared_memory(const float* input, float*)
{
    kg_store_shared(kg_shared_memory() + 2 * kg_thread(), kg_load(input + kg_thread()));
}

extern "C" __global__ void __launch_bounds__(threads) leaves_before_a_barrier(const float*, float*)
{
    if (kg_thread() == 3)
        return;
    kg_barrier();
}

extern "C" __global__ void __launch_bounds__(threads) divergent_barriers(const float*, float*)
{
    if (kg_thread() < 32)
        kg_barrier();
    else
        kg_barrier();
}

extern "C" __global__ void __launch_bounds__(threads) divergent_shuffle(const float* input, float* output)
{
    float value = kg_load(input + kg_thread());
    if (kg_thread() != 40)
        value = kg_shuffle_xor(value, 1);
    kg_store(output + kg_thread(), value);
}

// Reads its own copy without having waited for it.
extern "C" __global__ void __launch_bounds__(threads) read_before_the_copy_landed(const float* input, float* output)
{
    float* shared = kg_shared_memory();
    if (kg_thread() < 16)
        kg_copy_async(kg_shared_address(shared + 4 * kg_thread()), input + 4 * kg_thread(), 16);
    kg_commit_copies();
    kg_barrier();
    kg_store(output + kg_thread(), kg_load_shared<float>(shared + kg_thread()));
}

// Waits for one group of two: the other has not landed.
extern "C" __global__ void __launch_bounds__(threads) waits_for_too_few_groups(const float* input, float* output)
{
    float* shared = kg_shared_memory();
    for (int group = 0; group < 2; group++)
    {
        if (kg_thread() < 8)
            kg_copy_async(kg_shared_address(shared + 32 * group + 4 * kg_thread()), input + 32 * group + 4 * kg_thread(), 16);
        kg_commit_copies();
    }

    kg_wait_copies<1>();
    kg_barrier();
    kg_store(output + kg_thread(), kg_load_shared<float>(shared + kg_thread()));
}

// Each thread has waited for its own copies, and reads another's.
extern "C" __global__ void __launch_bounds__(threads) no_barrier_after_the_copy(const float* input, float* output)
{
    float* shared = kg_shared_memory();
    if (kg_thread() < 16)
        kg_copy_async(kg_shared_address(shared + 4 * kg_thread()), input + 4 * kg_thread(), 16);
    kg_commit_copies();
    kg_wait_copies<0>();
    if (kg_thread() < 16)
        kg_store(output + kg_thread(), kg_load_shared<float>(shared + (4 * kg_thread() + 8) % threads));
}

// The next copy begins while others may still read the place.
extern "C" __global__ void __launch_bounds__(threads) copies_over_what_is_read(const float* input, float* output)
{
    float* shared = kg_shared_memory();
    kg_store_shared(shared + kg_thread(), kg_load(input + kg_thread()));
    kg_barrier();
    kg_store(output + kg_thread(), kg_load_shared<float>(shared + (kg_thread() + 1) % threads));
    if (kg_thread() < 16)
        kg_copy_async(kg_shared_address(shared + 4 * kg_thread()), input + 4 * kg_thread(), 16);
}

extern "C" __global__ void __launch_bounds__(threads) copies_from_a_misaligned_address(const float* input, float*)
{
    if (kg_thread() == 0)
        kg_copy_async(kg_shared_address(kg_shared_memory()), input + 1, 16);
}

extern "C" __global__ void __launch_bounds__(threads) loads_misaligned_matrices(const float* input, float* output)
{
    float* shared = kg_shared_memory();
    kg_store_shared(shared + kg_thread(), kg_load(input + kg_thread()));
    kg_barrier();
    kg_store(output + kg_thread(), kg_bits_f32(kg_load_matrices_x2(kg_shared_address(shared + kg_thread() % 8 * 4) + 8).at[0]));
}

extern "C" __global__ void __launch_bounds__(threads) product_without_a_lane(const float* input, float* output)
{
    float sums[4] = {};
    if (kg_thread() != 40)
        kg_multiply_k8(kg_f16(), sums, kg_fragment(), 0);
    kg_store(output + kg_thread(), kg_add(kg_load(input + kg_thread()), sums[0]));
}
