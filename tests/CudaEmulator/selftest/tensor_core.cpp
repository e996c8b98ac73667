// The primitives of a whole warp against their definitions, written down here from the PTX documentation: where the elements of a fragment lie,
// which lane gives which address, when a copy is there.
#include "gpu.hpp"

#include <cmath>
#include <cstring>
#include <random>

namespace selftest {

namespace {

constexpr int lanes = 32;

template <typename From>
std::vector<unsigned> run(void* module, const char* kernel, const std::vector<From>& input, std::size_t output_count, unsigned shared_bytes, int threads = lanes)
{
    void* function = nullptr;
    require(cuModuleGetFunction(&function, module, kernel), "cuModuleGetFunction");
    std::uintptr_t from = upload(input), to = 0;
    require(cuMemAlloc_v2(&to, output_count * 4), "cuMemAlloc");
    int pairs = static_cast<int>(input.size() / 2);
    const unsigned blocks = threads == lanes ? 1 : static_cast<unsigned>((pairs + threads - 1) / threads);
    void* arguments[] = {&from, &to, threads == lanes ? nullptr : &pairs};
    require(cuLaunchKernel(function, blocks, 1, 1, static_cast<unsigned>(threads), 1, 1, shared_bytes, nullptr, arguments, nullptr), "cuLaunchKernel");
    require(cuCtxSynchronize(), kernel);
    std::vector<unsigned> output(output_count);
    require(cuMemcpyDtoH_v2(output.data(), to, output_count * 4), "cuMemcpyDtoH");
    require(cuMemFree_v2(from), "cuMemFree");
    require(cuMemFree_v2(to), "cuMemFree");
    return output;
}

struct Format {
    const char* name;
    int exponent_bits, fraction_bits;
};

constexpr Format f16 = {"f16", 5, 10};
constexpr Format bf16 = {"bf16", 8, 7};

// Bits of small numbers of a format, all different and of either sign.
std::vector<unsigned> numbers(const Format& format, int count, std::mt19937& random)
{
    std::vector<unsigned> bits(static_cast<std::size_t>(count));
    const unsigned one = ((1u << (format.exponent_bits - 1)) - 1) << format.fraction_bits;
    for (unsigned& number : bits)
        number = one + (random() % 4 << format.fraction_bits) + random() % (1u << format.fraction_bits) + (random() % 2 << 15);
    return bits;
}

// D = A * B + C of mma.m16n8k16 and mma.m16n8k8. "groupID" and "threadID_in_group" are the documentation's words.
void test_multiply(void* module, const Format& format, int k)
{
    std::mt19937 random(static_cast<unsigned>(k + format.fraction_bits));
    const std::vector<unsigned> a = numbers(format, 16 * k, random), b = numbers(format, k * 8, random);
    std::vector<float> c(16 * 8);
    for (float& element : c)
        element = static_cast<float>(random() % 1000) - 500.0f;

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
            std::memcpy(&input[lane * 10 + 6 + i], &c[(i < 2 ? group : group + 8) * 8 + in_group * 2 + (i & 1)], 4);
    }

    const std::string kernel = "multiply_k" + std::to_string(k) + "_" + format.name;
    const std::vector<unsigned> output = run(module, kernel.c_str(), input, lanes * 4, 0);
    int wrong = 0;
    for (int lane = 0; lane < lanes; lane++)
        for (int i = 0; i < 4; i++) {
            const int row = (lane >> 2) + (i < 2 ? 0 : 8), column = lane % 4 * 2 + (i & 1);
            double sum = c[row * 8 + column], magnitude = std::fabs(sum);
            for (int j = 0; j < k; j++) {
                const double product = decode(a[row * k + j], format.exponent_bits, format.fraction_bits)
                    * decode(b[j * 8 + column], format.exponent_bits, format.fraction_bits);
                sum += product;
                magnitude += std::fabs(product);
            }

            float got;
            std::memcpy(&got, &output[lane * 4 + i], 4);
            wrong += !(std::fabs(got - sum) <= magnitude * 1.2e-7 * (k + 1));
        }

    tally().check(wrong == 0, kernel + ": " + std::to_string(wrong) + " wrong");
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
    for (const Format& format : {f16, bf16})
        for (const int k : {16, 8})
            test_multiply(module, format, k);
    test_loads(module);
    test_any(module);
    test_any_in_block(module);
    test_pack(module);
    test_copies(module);
    close_context();
}

} // namespace selftest
