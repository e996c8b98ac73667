// Each primitive against its definition, written down here from what the formats and PTX say, not from the shim.
#include "gpu.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace selftest {

// sign, exponent and fraction of a float of `exponent_bits` and `fraction_bits`.
double decode(unsigned bits, int exponent_bits, int fraction_bits)
{
    const unsigned fraction = bits & ((1u << fraction_bits) - 1);
    const unsigned exponent = (bits >> fraction_bits) & ((1u << exponent_bits) - 1);
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const double sign = (bits >> (exponent_bits + fraction_bits)) & 1 ? -1 : 1;
    if (exponent == (1u << exponent_bits) - 1)
        return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * INFINITY;
    return exponent == 0 ? sign * std::ldexp(fraction, 1 - bias - fraction_bits)
                         : sign * std::ldexp(fraction + (1u << fraction_bits), static_cast<int>(exponent) - bias - fraction_bits);
}

// The nearest number of the format; of two equally near, the one whose last bit is 0. By search, so that it shares no idea with the code it
// checks.
unsigned nearest(double value, int exponent_bits, int fraction_bits)
{
    const unsigned sign = std::signbit(value) ? 1u << (exponent_bits + fraction_bits) : 0;
    const double magnitude = std::fabs(value);
    const unsigned infinity = ((1u << exponent_bits) - 1) << fraction_bits;
    unsigned low = 0, high = infinity;
    while (high - low > 1) {
        const unsigned middle = (low + high) / 2;
        (decode(middle, exponent_bits, fraction_bits) <= magnitude ? low : high) = middle;
    }

    // Infinity stands where the next number of the format would be.
    const double below = decode(low, exponent_bits, fraction_bits);
    const double above =
        high == infinity ? below + (below - decode(low - 1, exponent_bits, fraction_bits)) : decode(high, exponent_bits, fraction_bits);
    const double to_below = magnitude - below, to_above = above - magnitude;
    return sign | (to_below < to_above || (to_below == to_above && low % 2 == 0) ? low : high);
}

namespace {

constexpr int threads = 256;

bool same(float a, double b) { return std::isnan(b) ? std::isnan(a) : a == b && std::signbit(a) == std::signbit(b); }

// Runs a kernel on `input` and gives back what it wrote.
template <typename To, typename From>
std::vector<To> run(void* module, const char* kernel, const std::vector<From>& input, std::size_t output_count, bool with_count = false)
{
    void* function = nullptr;
    require(cuModuleGetFunction(&function, module, kernel), "cuModuleGetFunction");
    std::uintptr_t from = upload(input), to = 0;
    require(cuMemAlloc_v2(&to, output_count * sizeof(To)), "cuMemAlloc");
    int count = static_cast<int>(input.size());
    void* arguments[] = {&from, &to, with_count ? &count : nullptr};
    require(cuLaunchKernel(function, static_cast<unsigned>(input.size() / threads), 1, 1, threads, 1, 1, 0, nullptr, arguments, nullptr),
        "cuLaunchKernel");
    require(cuCtxSynchronize(), kernel);
    std::vector<To> output(output_count);
    require(cuMemcpyDtoH_v2(output.data(), to, output_count * sizeof(To)), "cuMemcpyDtoH");
    require(cuMemFree_v2(from), "cuMemFree");
    require(cuMemFree_v2(to), "cuMemFree");
    return output;
}

// Numbers of all magnitudes, ties of both formats and their neighbours, and the odd ones.
std::vector<float> numbers()
{
    std::vector<float> result =
        {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 1.0f, -1.0f, 65504.0f, 65519.0f, 65520.0f, 3.4e38f, -3.4e38f, 1e-45f, 6e-8f, 3e-8f};
    std::mt19937 random(5);
    while (result.size() % 3 != 0)
        result.push_back(2.0f);
    while (result.size() + 3 <= 16 * threads * 3) {
        std::uint32_t bits = random();
        // A tie of bfloat16, or of float16, and what lies beside it.
        bits = result.size() % 2 == 0 ? (bits & 0xffff0000u) | 0x8000u : (bits & 0xffffe000u) | 0x1000u;
        if (result.size() % 5 == 0)
            bits = (bits & 0x807fffffu) | ((97 + random() % 50) << 23);
        for (const std::uint32_t offset : {0u, 1u, 0xffffffffu}) {
            const std::uint32_t near = bits + offset;
            float value;
            std::memcpy(&value, &near, 4);
            result.push_back(value);
        }
    }

    result.resize(result.size() / threads * threads);
    return result;
}

} // namespace

void test_primitives(const std::string& primitives, const std::string& kernels)
{
    const Compiled compiled = compile(read_file(kernels + "/primitives.cu"), primitives);
    tally().check(compiled.result == 0, "primitives.cu does not compile:\n" + compiled.log);
    if (compiled.result != 0)
        return;

    open_context();
    void* module = nullptr;
    require(cuModuleLoadData(&module, compiled.image.data()), "cuModuleLoadData");

    std::vector<std::uint16_t> all(65536);
    for (unsigned i = 0; i < 65536; i++)
        all[i] = static_cast<std::uint16_t>(i);
    const std::vector<float> from_f16 = run<float>(module, "widen_f16", all, all.size());
    const std::vector<float> from_bf16 = run<float>(module, "widen_bf16", all, all.size());
    int wrong_f16 = 0, wrong_bf16 = 0;
    for (unsigned i = 0; i < 65536; i++) {
        wrong_f16 += !same(from_f16[i], decode(i, 5, 10));
        wrong_bf16 += !same(from_bf16[i], decode(i, 8, 7));
    }

    tally().check(wrong_f16 == 0, "float16 to fp32: " + std::to_string(wrong_f16) + " wrong");
    tally().check(wrong_bf16 == 0, "bfloat16 to fp32: " + std::to_string(wrong_bf16) + " wrong");

    const std::vector<float> values = numbers();
    const std::vector<std::uint16_t> to_f16 = run<std::uint16_t>(module, "narrow_f16", values, values.size());
    const std::vector<std::uint16_t> to_bf16 = run<std::uint16_t>(module, "narrow_bf16", values, values.size());
    wrong_f16 = wrong_bf16 = 0;
    for (std::size_t i = 0; i < values.size(); i++) {
        const bool nan = std::isnan(values[i]);
        wrong_f16 += nan ? !std::isnan(decode(to_f16[i], 5, 10)) : to_f16[i] != nearest(values[i], 5, 10);
        wrong_bf16 += nan ? !std::isnan(decode(to_bf16[i], 8, 7)) : to_bf16[i] != nearest(values[i], 8, 7);
    }

    tally().check(wrong_f16 == 0, "fp32 to float16: " + std::to_string(wrong_f16) + " wrong");
    tally().check(wrong_bf16 == 0, "fp32 to bfloat16: " + std::to_string(wrong_bf16) + " wrong");

    std::vector<float> arguments(16 * threads);
    for (std::size_t i = 0; i < arguments.size(); i++)
        arguments[i] = (static_cast<float>(i) - 3000.0f) / 16.0f;
    arguments[0] = -INFINITY;
    arguments[1] = NAN;
    const std::size_t count = arguments.size();
    const std::vector<float> results = run<float>(module, "arithmetic", arguments, 7 * count, true);
    int wrong = 0;
    for (std::size_t i = 0; i < count; i++) {
        const double x = arguments[i];
        const double power = std::exp2(x);
        // ex2.approx.ftz: 2 ulp; results below the least normal number are zero.
        wrong += std::isnan(x) ? !std::isnan(results[i]) : power < 1.17549435e-38 ? results[i]
            != 0 : std::fabs(results[i] - power) > power * 2.4e-7;
        const double logarithm = std::log2(x);
        wrong += std::isnan(logarithm) ? !std::isnan(results[count + i])
            : std::isinf(logarithm)
            ? results[count + i] != logarithm
            : std::fabs(results[count + i] - logarithm) > 2.4e-7 * std::max(1.0, std::fabs(logarithm));
        // max.f32 gives the number where one operand is a NaN.
        wrong += results[2 * count + i] != (x > 1 ? static_cast<float>(x) : 1.0f);
        wrong += !same(results[3 * count + i], std::isnan(x) ? x : static_cast<float>(x * x + 1));
        wrong += !same(results[4 * count + i], x);
        // max.NaN.f32 gives a NaN instead; mul.ftz a zero of the product's sign for a subnormal.
        wrong += !same(results[5 * count + i], std::isnan(x) ? x : std::max(x, 1.0));
        wrong += !same(results[6 * count + i], std::fabs(x) < 1 ? std::copysign(0.0, x) : x * 1.17549435e-38f);
    }

    tally().check(wrong == 0, "arithmetic: " + std::to_string(wrong) + " wrong");
    close_context();
}

} // namespace selftest
