// How many clocks a multiprocessor takes for the exponentials of a softmax, when some of them are computed by multiply-adds instead.
// A number takes, as in a softmax: a multiply-add before, the power of two, an addition to the sum, and a multiply-add in the place of the
// rescaling.
// PROBE_POLYNOMIALS: of every 8 powers of two.
#include "kernelgen_primitives.cuh"
#include "probe.cuh"

constexpr int polynomials = PROBE_POLYNOMIALS;
constexpr int threads = 384;
constexpr int numbers = 16;  // of a thread, independent of each other

// 2^x as 2^round(x) times a polynomial of degree 3 in the rest, with a relative error of 1e-4: less than rounding to 16 bits.
KG_DEVICE float polynomial_exp2(float x)
{
    const float magic = 12582912.0f;  // 1.5 * 2^23: in its last bits a sum is a whole number
    const float clamped = kg_max(x, -127.0f);
    const float rounded = kg_add(clamped, magic);
    const float rest = kg_add(clamped, kg_add(magic, -rounded));
    float value = kg_multiply_add(0.0555041f, rest, 0.2402265f);
    value = kg_multiply_add(value, rest, 0.6931472f);
    value = kg_multiply_add(value, rest, 1.0f);
    return kg_bits_f32(kg_f32_bits(value) + (kg_f32_bits(rounded) << 23));
}

extern "C" __global__ void __launch_bounds__(threads, 1) probe_softmax_mix(const KernelArguments arguments)
{
    float scores[numbers], sums[numbers];
#pragma unroll
    for (int i = 0; i < numbers; i++)
    {
        scores[i] = 0.01f * static_cast<float>((kg_thread() * 7 + i * 13) % 101) - 1.0f;
        sums[i] = 0.0f;
    }

    kg_barrier();
    const long long begin = kg_clock();
#pragma unroll 1
    for (long long round = 0; round < probe_rounds(arguments); round++)
    {
#pragma unroll
        for (int i = 0; i < numbers; i++)
        {
            const float exponent = kg_multiply_add(scores[i], arguments.scale, -0.5f);
            const float power = i % 8 < polynomials ? polynomial_exp2(exponent) : kg_exp2(exponent);
            sums[i] = kg_add(sums[i], power);
            scores[i] = kg_multiply_add(power, 1e-3f, scores[i]);
        }
    }

    const long long end = kg_clock();
    float sum = 0.0f;
#pragma unroll
    for (int i = 0; i < numbers; i++)
        sum = kg_add(sum, kg_add(sums[i], scores[i]));

    // Each warp tells when it began and ended; the sum only makes the loop count.
    if (kg_thread() % 32 == 0)
        probe_return_clocks(arguments, kg_thread() / 32, threads / 32, begin, sum == 12345.0f ? begin : end);
}
