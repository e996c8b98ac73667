// The primitives of a whole warp: each lane's registers are taken from `input` and given back as they are.
#include "kernelgen_primitives.cuh"

constexpr int lanes = 32;
constexpr int product_words = 10;  // of a lane: a 0...3, b 0...1, sums 0...3

template <typename T, int k>
KG_DEVICE void multiply(const unsigned int* input, float* output)
{
    const unsigned int* lane = input + product_words * kg_thread();
    kg_fragment a;
    float sums[4];
    for (int i = 0; i < 4; i++)
    {
        a.at[i] = kg_load(lane + i);
        sums[i] = kg_bits_f32(kg_load(lane + 6 + i));
    }

    if (k == 16)
        kg_multiply_k16(T(), sums, a, kg_load(lane + 4), kg_load(lane + 5));
    else
        kg_multiply_k8(T(), sums, a, kg_load(lane + 4));
    for (int i = 0; i < 4; i++)
        kg_store(output + 4 * kg_thread() + i, sums[i]);
}

extern "C" __global__ void __launch_bounds__(lanes) multiply_k16_f16(const unsigned int* input, float* output)
{
    multiply<kg_f16, 16>(input, output);
}

extern "C" __global__ void __launch_bounds__(lanes) multiply_k16_bf16(const unsigned int* input, float* output)
{
    multiply<kg_bf16, 16>(input, output);
}

extern "C" __global__ void __launch_bounds__(lanes) multiply_k8_f16(const unsigned int* input, float* output)
{
    multiply<kg_f16, 8>(input, output);
}

extern "C" __global__ void __launch_bounds__(lanes) multiply_k8_bf16(const unsigned int* input, float* output)
{
    multiply<kg_bf16, 8>(input, output);
}

// input: 128 words of shared memory, then for each lane the number of its row of four words. output: [x4 | x4 transposed | x2 | x2
// transposed][lane][register]
extern "C" __global__ void __launch_bounds__(lanes) load_matrices(const unsigned int* input, unsigned int* output)
{
    for (int i = kg_thread(); i < 4 * lanes; i += lanes)
        kg_store_shared(kg_shared_memory() + i, kg_load(input + i));
    kg_barrier();

    const unsigned int address = kg_shared_address(kg_shared_memory()) + 16 * kg_load(input + 4 * lanes + kg_thread());
    const kg_fragment loads[4] = {
        kg_load_matrices_x4(address), kg_load_matrices_x4_transposed(address), kg_load_matrices_x2(address),
        kg_load_matrices_x2_transposed(address)
    };
    for (int form = 0; form < 4; form++)
        for (int i = 0; i < 4; i++)
            kg_store(output + (form * lanes + kg_thread()) * 4 + i, loads[form].at[i]);
}

// input: rounds of one word a lane. output: the same.
extern "C" __global__ void __launch_bounds__(lanes) any_lane(const unsigned int* input, unsigned int* output)
{
    for (int round = 0; round < 8; round++)
        kg_store(output + round * lanes + kg_thread(), kg_any(kg_load(input + round * lanes + kg_thread()) != 0) ? 1u : 0u);
}

// input: numbers in pairs. output: [float16 | bfloat16] of each pair.
extern "C" __global__ void __launch_bounds__(256) pack(const float* input, unsigned int* output, int pairs)
{
    const int i = kg_block_x() * 256 + kg_thread();
    if (i >= pairs)
        return;

    const float low = kg_load(input + 2 * i);
    const float high = kg_load(input + 2 * i + 1);
    kg_store(output + i, kg_pack(kg_f16(), low, high));
    kg_store(output + pairs + i, kg_pack(kg_bf16(), low, high));
}

// input: four words a lane. output: [first group | second group | by words], of the second group every odd lane's zero.
extern "C" __global__ void __launch_bounds__(lanes) copies(const unsigned int* input, unsigned int* output)
{
    const int lane = kg_thread();
    const unsigned int shared = kg_shared_address(kg_shared_memory());
    kg_copy_async(shared + 16 * lane, input + 4 * lane, 16);
    kg_commit_copies();
    kg_copy_async(shared + 16 * (lanes + lane), input + 4 * lane, lane % 2 == 0 ? 16 : 0);
    kg_commit_copies();

    const int other = (lane + 5) % lanes;
    kg_wait_copies<1>();
    kg_barrier();
    kg_store_line(output + 4 * lane, kg_load_shared<kg_fragment>(kg_shared_memory() + 4 * other));
    kg_wait_copies<0>();
    kg_barrier();
    kg_store_line(output + 4 * (lanes + lane), kg_load_shared<kg_fragment>(kg_shared_memory() + 4 * (lanes + other)));
    for (int i = 0; i < 4; i++)
        kg_store_word(output + 4 * (2 * lanes + lane) + i, kg_load_word(input + 4 * lane + i));
}

// input: rounds of one word a thread. output: the same.
extern "C" __global__ void __launch_bounds__(256) any_thread(const unsigned int* input, unsigned int* output, int rounds)
{
    for (int round = 0; round < rounds; round++)
        kg_store(output + 256 * round + kg_thread(), kg_any_in_block(kg_load(input + 256 * round + kg_thread()) != 0) ? 1u : 0u);
}
