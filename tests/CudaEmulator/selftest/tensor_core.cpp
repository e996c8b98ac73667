// The primitives of a whole warp against their definitions, written down here from the PTX documentation: where the elements of a fragment
// lie, which lane gives which address, when a copy is there.
#include "fused_sums.hpp"
#include "gpu.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace selftest {

namespace {

constexpr int lanes = 32;

template <typename From>
std::vector<unsigned> run(
    void* module, const char* kernel, const std::vector<From>& input, std::size_t output_count, unsigned shared_bytes, int threads = lanes)
{
    void* function = nullptr;
    require(cuModuleGetFunction(&function, module, kernel), "cuModuleGetFunction");
    std::uintptr_t from = upload(input), to = 0;
    require(cuMemAlloc_v2(&to, output_count * 4), "cuMemAlloc");
    int pairs = static_cast<int>(input.size() / 2);
    const unsigned blocks = threads == lanes ? 1 : static_cast<unsigned>((pairs + threads - 1) / threads);
    void* arguments[] = {&from, &to, threads == lanes ? nullptr : &pairs};
    require(cuLaunchKernel(function, blocks, 1, 1, static_cast<unsigned>(threads), 1, 1, shared_bytes, nullptr, arguments, nullptr),
        "cuLaunchKernel");
    require(cuCtxSynchronize(), kernel);
    std::vector<unsigned> output(output_count);
    require(cuMemcpyDtoH_v2(output.data(), to, output_count * 4), "cuMemcpyDtoH");
    require(cuMemFree_v2(from), "cuMemFree");
    require(cuMemFree_v2(to), "cuMemFree");
    return output;
}

// Bits of small numbers of a format, all different and of either sign.
std::vector<unsigned> numbers(const Format& format, int count, std::mt19937& random)
{
    std::vector<unsigned> bits(static_cast<std::size_t>(count));
    const unsigned one = ((1u << (format.exponent_bits - 1)) - 1) << format.fraction_bits;
    for (unsigned& number : bits)
        number = one + (random() % 4 << format.fraction_bits) + random() % (1u << format.fraction_bits) + (random() % 2 << 15);
    return bits;
}

// D = A * B + C of mma.m16n8k16 and mma.m16n8k8, all as bits: A of 16 x k, B of k x 8, C and D of 16 x 8.
// "groupID" and "threadID_in_group" are the documentation's words.
std::vector<unsigned> multiply(void* module, const Format& format, int k, const std::vector<unsigned>& a, const std::vector<unsigned>& b,
    const std::vector<unsigned>& c)
{
    std::vector<unsigned> input(lanes * 10, 0xffffffffu);
    for (int lane = 0; lane < lanes; lane++) {
        const int group = lane >> 2, in_group = lane % 4;
        for (int i = 0; i < k / 2; i++) { // elements a0...a7 or a0...a3, two in a register
            int row, column;
            if (k == 16) {
                row = i < 2 || (i >= 4 && i < 6) ? group : group + 8;
                column = in_group * 2 + (i & 1) + (i < 4 ? 0 : 8);
            } else {
                row = i < 2 ? group : group + 8;
                column = in_group * 2 + (i & 1);
            }

            unsigned& word = input[lane * 10 + i / 2];
            word = (word & ~(0xffffu << i % 2 * 16)) | a[row * k + column] << i % 2 * 16;
        }

        for (int i = 0; i < k / 4; i++) { // b0...b3 or b0...b1
            const int row = in_group * 2 + (i & 1) + (i < 2 ? 0 : 8);
            unsigned& word = input[lane * 10 + 4 + i / 2];
            word = (word & ~(0xffffu << i % 2 * 16)) | b[row * 8 + group] << i % 2 * 16;
        }

        for (int i = 0; i < 4; i++) // c0...c3
            input[lane * 10 + 6 + i] = c[(i < 2 ? group : group + 8) * 8 + in_group * 2 + (i & 1)];
    }

    const std::string kernel = "multiply_k" + std::to_string(k) + "_" + format.name;
    const std::vector<unsigned> output = run(module, kernel.c_str(), input, lanes * 4, 0);
    std::vector<unsigned> d(16 * 8);
    for (int lane = 0; lane < lanes; lane++)
        for (int i = 0; i < 4; i++)
            d[((lane >> 2) + (i < 2 ? 0 : 8)) * 8 + lane % 4 * 2 + (i & 1)] = output[lane * 4 + i];
    return d;
}

// Every element is the sum that the rule defines, bit for bit: of numbers near one, and of any bits at all.
void test_multiply(void* module, const SumRule& rule, const Format& format, int k, bool any_bits)
{
    std::mt19937 random(static_cast<unsigned>(k + format.fraction_bits + 100 * rule.products));
    for (int turn = 0; turn < (any_bits ? 40 : 4); turn++) {
        std::vector<unsigned> a = numbers(format, 16 * k, random), b = numbers(format, k * 8, random), c(16 * 8);
        for (unsigned& element : c)
            element = any_bits ? static_cast<unsigned>(random()) : bits_of(static_cast<float>(random() % 1000) - 500.0f);
        // Any exponents, which leaves few sums finite; in every other turn those whose products are near the least numbers of bfloat16's
        // range, and such sums.
        const int bias = (1 << (format.exponent_bits - 1)) - 1;
        for (std::vector<unsigned>* matrix : {&a, &b})
            for (unsigned& element : *matrix)
                if (any_bits)
                    element = turn % 2 == 0 ? static_cast<unsigned>(random()) & 0xffffu
                                            : static_cast<unsigned>((random() & 0x8000u)
                                                | (bias / 2 + random() % 16) << format.fraction_bits
                                                    | random() % (1u << format.fraction_bits));
        if (any_bits && turn % 4 == 1)
            for (unsigned& element : c)
                element &= 0x83ffffffu;

        const std::vector<unsigned> d = multiply(module, format, k, a, b, c);
        int wrong = 0;
        for (int row = 0; row < 16; row++)
            for (int column = 0; column < 8; column++) {
                std::vector<unsigned> left(k), right(k);
                for (int i = 0; i < k; i++) {
                    left[i] = a[row * k + i];
                    right[i] = b[i * 8 + column];
                }

                float before;
                std::memcpy(&before, &c[row * 8 + column], 4);
                wrong += d[row * 8 + column] != fused_dot_product(rule, format, left, right, before);
            }

        tally().check(
            wrong == 0,
            "mma k" + std::to_string(k) + " " + format.name + (any_bits ? ", any bits, " : ", ") + std::to_string(rule.digits) + " digits: "
                + std::to_string(wrong) + " wrong");
    }
}

// The examples by which the published rule was found on GPUs, with what GPUs gave.
class Examples {
public:
    Examples(void* module, const SumRule& rule, const Format& format, int k) : module_(module), rule_(rule), format_(format), k_(k) {}

    void run()
    {
        test_order();
        test_digits();
        test_subnormal_factors();
        test_results();
        test_specials();
    }

private:
    // a * b + c; what a vector does not name is zero.
    float dot(const std::vector<double>& a, const std::vector<double>& b, double c) const
    {
        std::vector<unsigned> left(16 * k_, 0), right(k_ * 8, 0), sums(16 * 8, 0);
        for (std::size_t i = 0; i < a.size(); i++) {
            left[i] = exact(a[i]);
            right[8 * i] = exact(b[i]);
        }

        sums[0] = bits_of(static_cast<float>(c));
        const unsigned bits = multiply(module_, format_, k_, left, right, sums)[0];
        float value;
        std::memcpy(&value, &bits, 4);
        return value;
    }

    unsigned exact(double value) const
    {
        const unsigned bits = std::isnan(value)
            ? (1u << (format_.exponent_bits + format_.fraction_bits)) - 1
            : nearest(value, format_.exponent_bits, format_.fraction_bits);
        if (!std::isnan(value) && decode(bits, format_.exponent_bits, format_.fraction_bits) != value)
            tally().check(false, std::to_string(value) + " is no number of " + format_.name);
        return bits;
    }

    void expect(const char* what, const std::vector<double>& a, const std::vector<double>& b, double c, double expected) const
    {
        const float got = dot(a, b, c);
        const bool holds = std::isnan(expected) ? bits_of(got) == 0x7fffffffu : got == expected && (got != 0 || !std::signbit(got));
        char text[200];
        std::snprintf(text, sizeof text, "%s, mma k%d %s, %d digits: %a, not %a", what, k_, format_.name, rule_.digits, got, expected);
        tally().check(holds, text);
    }

    // Beside a large number small ones vanish, wherever they are in the same fused sum; the products of the next one are added to what is
    // left.
    void test_order() const
    {
        const double large = 128, small = 1.0 / 512;
        const int step = std::min(rule_.products, k_);
        for (int i = 0; i < k_; i++) {
            std::vector<double> x(k_, small);
            x[i] = large;
            expect("c against a product", x, x, -large * large, i < step ? (k_ - step) * small * small : 0);
            for (int j = i + 1; j < k_; j += 3) {
                std::vector<double> y(k_, small), z(k_, small);
                y[i] = z[i] = y[j] = large;
                z[j] = -large;
                if (i / step == j / step)
                    expect("a product against another", y, z, small * small, i < step ? (k_ - step) * small * small : 0);
            }
        }
    }

    // A number survives another that comes and goes, as long as that is not too great; then its last digits are cut, towards zero, as the
    // factors' exponents say.
    void test_digits() const
    {
        const double unit = std::ldexp(1.0, -24), number = (2 - std::ldexp(1.0, -10)) * std::ldexp(1.0, -14);
        const int most = rule_.digits - 24;                        // the power of two that it bears
        const double y = std::ldexp(1.0, (most + 1) / 2), z = std::ldexp(1.0, most - (most + 1) / 2);
        expect("digits kept", {y, -y}, {z, z}, number, number);
        expect("a digit cut", {2 * y, -2 * y}, {z, z}, number, number - unit);
        expect("a digit cut, negative", {2 * y, -2 * y}, {z, z}, -number, -number + unit);
        expect("two digits cut", {2 * y, -2 * y}, {2 * z, 2 * z}, number, number - 3 * unit);
        expect("two digits cut, negative", {2 * y, -2 * y}, {2 * z, 2 * z}, -number, -number + 3 * unit);
        expect("a factor above two", {4.5 * y, -4.5 * y}, {z, z}, number, number - 3 * unit);
        expect("factors whose product is above two", {3 * y, -3 * y}, {1.5 * z, 1.5 * z}, number, number - unit);
    }

    // The exponent of a subnormal factor is that of the least normal number.
    void test_subnormal_factors() const
    {
        const double x = std::ldexp(1.0, 2 - (1 << (format_.exponent_bits - 1)));
        const double y = std::max(x, std::ldexp(1.0, -126) / x), z = y * std::ldexp(1.0, rule_.digits + 1);
        expect("above the digits", {x, x, x, x}, {z, -z, y, y}, 0, 0);
        expect("within the digits", {x, x, x, x}, {z / 2, -z / 2, y, y}, 0, 2 * x * y);
        expect("a subnormal factor above the digits", {x / 2, x / 2, x, x}, {z, -z, y, y}, 0, 0);
    }

    // The sum is cut to fp32, also to its subnormal numbers, and grows beyond its greatest only when it is at least a power of two beyond.
    void test_results() const
    {
        const double last = std::ldexp(1.0, -23);
        expect("a sum cut", {0.25, 0.25, 0.25, 0.25}, {1, 1, 1, 1}, 0.75 * last, 1);
        expect("a negative sum cut", {-0.25, -0.25, -0.25, -0.25}, {1, 1, 1, 1}, -0.75 * last, -1);
        expect("minus zero", std::vector<double>(k_, -0.0), std::vector<double>(k_, 1), -0.0, 0);
        expect("the sum alone", {}, {}, std::ldexp(1.0, -140), std::ldexp(1.0, -140));
        if (format_.exponent_bits == 5)
            return;

        const double most = std::numeric_limits<float>::max(), half = std::ldexp(1.0, 127), least = std::ldexp(1.0, -149);
        expect("the greatest number", {0.75, 0.75}, {half, half}, most / 4, most);
        expect("the least number", {-0.75, -0.75}, {half, half}, -most / 4, -most);
        expect("too great", {1, 1}, {half, half}, 0, INFINITY);
        expect("too small", {-1, -1}, {half, half}, 0, -INFINITY);
        for (const double number : {(1 - last) * std::ldexp(1.0, -126), std::ldexp(1.0, -148), 0.0})
            for (const double sign : {1.0, -1.0})
                expect("a subnormal sum cut", {0.75 * sign * last}, {least / last}, sign * number, sign * number);
    }

    void test_specials() const
    {
        expect("an infinity", {INFINITY, 1}, {2, 3}, 1, INFINITY);
        expect("the last element", std::vector<double>(k_, 1), [&] { std::vector<double> b(k_, 1); b[k_ - 1] = -INFINITY; return b; }(), 1,
            -INFINITY);
        expect("an infinite sum so far", {1}, {1}, -INFINITY, -INFINITY);
        expect("infinities of two signs", {INFINITY, 1}, {1, -INFINITY}, 0, NAN);
        expect("an infinity against the sum so far", {INFINITY}, {1}, -INFINITY, NAN);
        expect("an infinity times zero", {INFINITY}, {0}, 0, NAN);
        expect("a NaN", {NAN}, {0}, 0, NAN);
        expect("a NaN so far", {1}, {1}, NAN, NAN);
    }

    void* module_;
    SumRule rule_;
    Format format_;
    int k_;
};

void test_fused_sums(void* module, const char* capability)
{
    emulator_set("CUDA_EMULATOR_COMPUTE_CAPABILITY", capability);
    const SumRule rule = capability[0] == '7' || capability[0] == '8' ? before_hopper : from_hopper;
    for (const Format& format : {f16, bf16})
        for (const int k : {16, 8}) {
            test_multiply(module, rule, format, k, false);
            test_multiply(module, rule, format, k, true);
            Examples(module, rule, format, k).run();
        }
}

void test_loads(void* module)
{
    std::mt19937 random(3);
    std::vector<unsigned> input(4 * lanes + lanes);
    std::vector<std::uint16_t> shared(8 * lanes);
    for (std::uint16_t& element : shared)
        element = static_cast<std::uint16_t>(random());
    std::memcpy(input.data(), shared.data(), 2 * shared.size());
    for (int lane = 0; lane < lanes; lane++) // rows in disorder
        input[4 * lanes + lane] = static_cast<unsigned>(lane * 11 + 6) % lanes;

    const std::vector<unsigned> output = run(module, "load_matrices", input, 4 * lanes * 4, 16 * lanes);
    int wrong = 0;
    for (int form = 0; form < 4; form++)
        for (int lane = 0; lane < lanes; lane++)
            for (int matrix = 0; matrix < (form < 2 ? 4 : 2); matrix++)
                for (int e = 0; e < 2; e++) {
                    // Thread 4 * r + c / 2 has the elements c, c + 1 of row r; "trans" loads the matrix in column-major format.
                    const int row = form % 2 == 0 ? lane / 4 : lane % 4 * 2 + e;
                    const int column = form % 2 == 0 ? lane % 4 * 2 + e : lane / 4;
                    const unsigned address = input[4 * lanes + 8 * matrix + row];
                    wrong += (output[(form * lanes + lane) * 4 + matrix] >> 16 * e & 0xffff) != shared[8 * address + column];
                }

    tally().check(wrong == 0, "load_matrices: " + std::to_string(wrong) + " wrong");
}

void test_any(void* module)
{
    std::vector<unsigned> input(8 * lanes, 0);
    input[1 * lanes + 0] = 1;
    input[3 * lanes + 31] = 2;
    for (int lane = 0; lane < lanes; lane++)
        input[5 * lanes + lane] = 1;
    const std::vector<unsigned> output = run(module, "any_lane", input, input.size(), 0);
    int wrong = 0;
    for (int i = 0; i < 8 * lanes; i++)
        wrong += output[i] != (i / lanes == 1 || i / lanes == 3 || i / lanes == 5 ? 1u : 0u);
    tally().check(wrong == 0, "any_lane: " + std::to_string(wrong) + " wrong");
}

void test_any_in_block(void* module)
{
    constexpr int threads = 256, rounds = 4;
    std::vector<unsigned> input(threads * rounds, 0);
    input[1 * threads + 200] = 1;
    input[2 * threads + 0] = 7;
    void* function = nullptr;
    require(cuModuleGetFunction(&function, module, "any_thread"), "cuModuleGetFunction");
    std::uintptr_t from = upload(input), to = upload(input);
    int count = rounds;
    void* arguments[] = {&from, &to, &count};
    require(cuLaunchKernel(function, 1, 1, 1, threads, 1, 1, 0, nullptr, arguments, nullptr), "cuLaunchKernel");
    require(cuCtxSynchronize(), "any_thread");
    std::vector<unsigned> output(input.size());
    require(cuMemcpyDtoH_v2(output.data(), to, output.size() * 4), "cuMemcpyDtoH");
    int wrong = 0;
    for (int i = 0; i < threads * rounds; i++)
        wrong += output[i] != (i / threads == 1 || i / threads == 2 ? 1u : 0u);
    tally().check(wrong == 0, "any_thread: " + std::to_string(wrong) + " wrong");
    require(cuMemFree_v2(from), "cuMemFree");
    require(cuMemFree_v2(to), "cuMemFree");
}

void test_pack(void* module)
{
    std::mt19937 random(9);
    std::vector<float> input;
    for (int i = 0; i < 4000; i++) {
        // A third of them ties of bfloat16, a third of float16.
        std::uint32_t bits = random();
        bits = (bits & 0x807fffffu) | ((112 + random() % 30) << 23);
        bits = i % 3 == 0 ? (bits & 0xffff0000u) | 0x8000u : i % 3 == 1 ? (bits & 0xffffe000u) | 0x1000u : bits;
        float value;
        std::memcpy(&value, &bits, 4);
        input.push_back(value);
    }

    const std::size_t pairs = input.size() / 2;
    const std::vector<unsigned> output = run(module, "pack", input, 2 * pairs, 0, 256);
    int wrong = 0;
    for (std::size_t i = 0; i < input.size(); i++) {
        const unsigned shift = i % 2 * 16;
        wrong += (output[i / 2] >> shift & 0xffff) != nearest(input[i], f16.exponent_bits, f16.fraction_bits);
        wrong += (output[pairs + i / 2] >> shift & 0xffff) != nearest(input[i], bf16.exponent_bits, bf16.fraction_bits);
    }

    tally().check(wrong == 0, "pack: " + std::to_string(wrong) + " wrong");
}

void test_copies(void* module)
{
    std::vector<unsigned> input(4 * lanes);
    for (std::size_t i = 0; i < input.size(); i++)
        input[i] = static_cast<unsigned>(i * 2654435761u + 1);
    const std::vector<unsigned> output = run(module, "copies", input, 3 * 4 * lanes, 2 * 16 * lanes);
    int wrong = 0;
    for (int i = 0; i < 4 * lanes; i++) {
        const int other = (i / 4 + 5) % lanes;
        wrong += output[i] != input[4 * other + i % 4];
        wrong += output[4 * lanes + i] != (other % 2 == 0 ? input[4 * other + i % 4] : 0);
        wrong += output[8 * lanes + i] != input[i];
    }

    tally().check(wrong == 0, "copies: " + std::to_string(wrong) + " wrong");
}

} // namespace

void test_tensor_core(const std::string& primitives, const std::string& kernels)
{
    const Compiled compiled = compile(read_file(kernels + "/tensor_core.cu"), primitives);
    tally().check(compiled.result == 0, "tensor_core.cu does not compile:\n" + compiled.log);
    if (compiled.result != 0)
        return;

    open_context();
    void* module = nullptr;
    require(cuModuleLoadData(&module, compiled.image.data()), "cuModuleLoadData");
    for (const char* capability : {"7.5", "8.6", "8.9", "9.0", "10.0", "12.0", "8.0"})
        test_fused_sums(module, capability);
    test_loads(module);
    test_any(module);
    test_any_in_block(module);
    test_pack(module);
    test_copies(module);
    close_context();
}

} // namespace selftest
