// Each conversion and each arithmetic primitive, element by element.
#include "kernelgen_primitives.cuh"

constexpr int threads = 256;

extern "C" __global__ void __launch_bounds__(threads) widen_f16(const kg_f16* input, float* output)
{
    const int i = kg_block_x() * threads + kg_thread();
    kg_store(output + i, kg_to_f32(kg_load(input + i)));
}

extern "C" __global__ void __launch_bounds__(threads) widen_bf16(const kg_bf16* input, float* output)
{
    const int i = kg_block_x() * threads + kg_thread();
    kg_store(output + i, kg_to_f32(kg_load(input + i)));
}

extern "C" __global__ void __launch_bounds__(threads) narrow_f16(const float* input, kg_f16* output)
{
    const int i = kg_block_x() * threads + kg_thread();
    kg_f16 element;
    kg_from_f32(kg_load(input + i), element);
    kg_store(output + i, element);
}

extern "C" __global__ void __launch_bounds__(threads) narrow_bf16(const float* input, kg_bf16* output)
{
    const int i = kg_block_x() * threads + kg_thread();
    kg_bf16 element;
    kg_from_f32(kg_load(input + i), element);
    kg_store(output + i, element);
}

// output: [exp2 | log2 | max with 1 | x * x + 1 | quad copied by element | max with 1 or NaN | x * 2^-126, flushed]
extern "C" __global__ void __launch_bounds__(threads) arithmetic(const float* input, float* output, int count)
{
    const int i = kg_block_x() * threads + kg_thread();
    const float x = kg_load(input + i);
    kg_store(output + i, kg_exp2(x));
    kg_store(output + count + i, kg_log2(x));
    kg_store(output + 2 * count + i, kg_max(x, 1.0f));
    kg_store(output + 3 * count + i, kg_multiply_add(x, x, 1.0f));
    const kg_quad<float> quad = kg_load(reinterpret_cast<const kg_quad<float>*>(input) + i / 4);
    kg_store(output + 4 * count + i, quad.at[i % 4]);
    kg_store(output + 5 * count + i, kg_max_or_nan(x, 1.0f));
    kg_store(output + 6 * count + i, kg_multiply_flush(x, 1.17549435e-38f));
}
