// Products of a warpgroup and tensor copies against their definitions, written down here from the PTX documentation: canonical layouts of
// matrices in shared memory, tables of the swizzle modes, fragments, boxes with what lies outside the tensor.
#include "fused_sums.hpp"
#include "hopper.hpp"

#include <cstring>
#include <random>

namespace selftest {

namespace {

constexpr int depth = 16;

// "The pattern of the destination data layout" of the swizzle modes: which 16-byte chunk is at which place of a line of 128 bytes.
constexpr int pattern_32[2][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6}};
constexpr int pattern_64[4][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6}, {2, 3, 0, 1, 6, 7, 4, 5}, {3, 2, 1, 0, 7, 6, 5, 4}};
constexpr int pattern_128[8][8] = {
    {0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6}, {2, 3, 0, 1, 6, 7, 4, 5}, {3, 2, 1, 0, 7, 6, 5, 4},
    {4, 5, 6, 7, 0, 1, 2, 3}, {5, 4, 7, 6, 1, 0, 3, 2}, {6, 7, 4, 5, 2, 3, 0, 1}, {7, 6, 5, 4, 3, 2, 1, 0}};

// The byte where what would be at `offset` without a swizzle is. Modes are the tensor map's: 0 none, 1 32 bytes, 2 64, 3 128.
int swizzle(int mode, int offset)
{
    const int line = offset / 128, place = offset % 128 / 16;
    const int moved = mode == 0 ? place : mode == 1 ? pattern_32[line % 2][place] : mode
        == 2 ? pattern_64[line % 4][place] : pattern_128[line % 8][place];
    return line * 128 + moved * 16 + offset % 16;
}

// A matrix of `lines` x 16 elements (rows of A, columns of B) in shared memory, after the table of canonical layouts with T = 8.
struct Layout {
    int mode;          // as above
    bool across;       // MN-major
    int lines;
    int leading, stride; // bytes

    int width() const { return mode == 0 ? 1 : 1 << mode; } // the table's 2, 4, 8

    // Element (line, k), in bytes.
    int place(int line, int k) const
    {
        constexpr int t = 8;
        int elements, lbo = leading / 2, sbo = stride / 2;
        if (across) // ((T, w, m), (8, k)) : ((1, T, LBO), (wT, SBO)), without a swizzle ((T, 1, m), (8, k)) : ((1, T, SBO), (1T, LBO))
            elements = mode == 0 ? line % t + line / t * sbo + k % 8 * t + k / 8 * lbo
                                 : line % t + line / t % width() * t + line / t / width() * lbo + k % 8 * width() * t + k / 8 * sbo;
        else // ((8, m), (T, 2k)) : ((wT, SBO), (1, T)), without a swizzle ((8, m), (T, 2k)) : ((1T, SBO), (1, LBO))
            elements = mode == 0
                ? line % 8 * t + line / 8 * sbo + k % t + k / t * lbo
                : line % 8 * width() * t + line / 8 * sbo + k % t + k / t * t;
        return swizzle(mode, 2 * elements);
    }

    static Layout of(int mode, bool across, int lines)
    {
        Layout layout = {mode, across, lines, 0, 0};
        const int row = 16 << mode;
        if (mode == 0) {
            // Chunks of a line's two halves next to each other, or all first halves first.
            layout.leading = across ? 128 : 16 * lines;
            layout.stride = across ? 256 : 128;
        } else {
            layout.leading = across ? 2 * 8 * row : 0;
            layout.stride = 8 * row;
        }

        return layout;
    }

    unsigned long long descriptor(int address) const
    {
        constexpr unsigned long long modes[] = {0, 3, 2, 1}; // the descriptor's numbers
        return (address & 0x3ffff) >> 4 | static_cast<unsigned long long>(leading >> 4) << 16
            | static_cast<unsigned long long>(stride >> 4) << 32 | modes[mode] << 62;
    }

    int bytes() const { return across ? (lines / (8 * width()) + 1) * width() * 8 * 2 * 16 + 1024 : lines * (mode == 0 ? 32 : 16 << mode); }
};

struct Operand {
    Layout layout;
    std::vector<unsigned> bits; // [line][k]
};

struct ProductArguments {
    unsigned long long a, b;
    int columns, words, bfloat16, registers, trans_a, trans_b, accumulate;
};

void write(const Operand& operand, std::vector<unsigned char>& shared, int begin)
{
    for (int line = 0; line < operand.layout.lines; line++)
        for (int k = 0; k < depth; k++) {
            const auto bits = static_cast<std::uint16_t>(operand.bits[line * depth + k]);
            std::memcpy(&shared[begin + operand.layout.place(line, k)], &bits, 2);
        }
}

// Random numbers of a format near one, of either sign; a few are any bits at all, infinities and NaNs among them.
std::vector<unsigned> numbers(int count, bool bfloat16, std::mt19937& random)
{
    std::vector<unsigned> bits(static_cast<std::size_t>(count));
    for (unsigned& number : bits)
        number = random() % 200 == 0 ? static_cast<unsigned>(random()) & 0xffffu
                                     : static_cast<unsigned>(
                                         (bfloat16 ? 0x3f80u + random() % 256 : 0x3c00u + random() % 2048) + (random() % 2 << 15));
    return bits;
}

void test_product(void* function, const Layout* a_layout, const Layout& b_layout, bool bfloat16, bool accumulate)
{
    std::mt19937 random(static_cast<unsigned>(b_layout.lines + b_layout.mode * 7 + accumulate));
    const int columns = b_layout.lines;
    const Operand a = {a_layout != nullptr ? *a_layout : Layout{0, false, 64, 0, 0}, numbers(64 * depth, bfloat16, random)};
    const Operand b = {b_layout, numbers(columns * depth, bfloat16, random)};
    const int b_begin = a_layout != nullptr ? (a.layout.bytes() + 1023) / 1024 * 1024 : 0;
    std::vector<unsigned char> shared(static_cast<std::size_t>(b_begin + b.layout.bytes()), 0xff);
    if (a_layout != nullptr)
        write(a, shared, 0);
    write(b, shared, b_begin);

    std::vector<unsigned> words(shared.size() / 4 + 4 * 128);
    std::memcpy(words.data(), shared.data(), shared.size());
    // Figure of the fragments of A: row 16 * warp + lane / 4 for a0, a1, a4, a5, eight more for the others; columns from 2 * (lane % 4), a4
    // and on eight more.
    for (int thread = 0; thread < 128; thread++)
        for (int i = 0; i < 8; i++) {
            const int row = thread / 32 * 16 + thread % 32 / 4 + (i == 2 || i == 3 || i == 6 || i == 7 ? 8 : 0);
            const int k = thread % 4 * 2 + i % 2 + (i >= 4 ? 8 : 0);
            words[shared.size() / 4 + 4 * thread + i / 2] |= a.bits[row * depth + k] << 16 * (i % 2);
        }

    std::vector<float> sums(static_cast<std::size_t>(64) * columns);
    for (float& sum : sums)
        sum = static_cast<float>(static_cast<int>(random() % 64) - 32);
    ProductArguments arguments = {
        a.layout.descriptor(shared_window), b.layout.descriptor(shared_window + b_begin), columns, static_cast<int>(shared.size() / 4),
        bfloat16,
        a_layout == nullptr, a.layout.across, b.layout.across, accumulate};
    const std::vector<float> before = sums;
    std::uintptr_t device_words = upload(words), device_sums = upload(sums);
    void* pointers[] = {&arguments, &device_words, &device_sums};
    require(cuLaunchKernel(function, 1, 1, 1, 128, 1, 1, static_cast<unsigned>(shared.size()), nullptr, pointers, nullptr),
        "cuLaunchKernel");
    require(cuCtxSynchronize(), "product");
    require(cuMemcpyDtoH_v2(sums.data(), device_sums, 4 * sums.size()), "cuMemcpyDtoH");
    cuMemFree_v2(device_words);
    cuMemFree_v2(device_sums);

    int wrong = 0;
    for (int thread = 0; thread < 128; thread++)
        for (int i = 0; i < columns / 2; i++) {
            // Figure of the fragments of D.
            const int row = thread / 32 * 16 + thread % 32 / 4 + (i / 2 % 2 == 1 ? 8 : 0);
            const int column = i / 4 * 8 + thread % 4 * 2 + i % 2;
            const std::vector<unsigned> left(a.bits.begin() + row * depth, a.bits.begin() + (row + 1) * depth);
            const std::vector<unsigned> right(b.bits.begin() + column * depth, b.bits.begin() + (column + 1) * depth);
            const float so_far = accumulate ? before[thread * (columns / 2) + i] : 0.0f;
            wrong += bits_of(sums[thread * (columns / 2) + i])
                != fused_dot_product(from_hopper, bfloat16 ? bf16 : f16, left, right, so_far);
        }

    tally()
        .check(wrong == 0,
            "wgmma n" + std::to_string(columns)
                + (a_layout == nullptr
                    ? " from registers"
                    : " from mode " + std::to_string(a.layout.mode) + (a.layout.across ? " M-major" : ""))
        + ", B mode " + std::to_string(b.layout.mode) + (b.layout.across ? " N-major" : "") + ": " + std::to_string(wrong) + " wrong");
}

void test_products(void* module)
{
    void* function = function_of(module, "product", 100 * 1024);
    int turn = 0;
    for (const int columns : {8, 24, 40, 48, 64, 80, 112, 128, 160, 176, 256})
        for (int mode = 0; mode < 4; mode++)
            for (const bool across : {false, true}) {
                const Layout b = Layout::of(mode, across, columns);
                if (across && columns % (8 * b.width()) != 0)
                    continue;
                turn++;
                test_product(function, nullptr, b, turn % 2 == 0, turn % 3 == 0);
                const Layout a = Layout::of((mode + turn) % 4, turn % 3 == 1, 64);
                test_product(function, &a, b, turn % 2 == 1, turn % 3 == 1);
            }
}

struct CopyMaps {
    alignas(64) unsigned char from[128];
    alignas(64) unsigned char to[128];
};

struct CopyBox {
    int place[5];
    int rank, words;
};

// A tensor of 16-bit numbers, each its own index plus one; a box of it to shared memory, and from there to a second tensor of the same
// shape.
void test_copy(void* function, int mode, const std::vector<std::uint64_t>& dims, const std::vector<std::uint64_t>& padding,
    const std::vector<std::uint32_t>& box, const std::vector<int>& place)
{
    const unsigned rank = static_cast<unsigned>(dims.size());
    std::uint64_t strides[5] = {};
    std::uint64_t count = dims[0] + padding[0];
    for (unsigned i = 1; i < rank; i++) {
        strides[i - 1] = 2 * count;
        count *= dims[i];
        count += padding[i];
    }

    std::vector<std::uint16_t> tensor(count), target(count, 0);
    for (std::size_t i = 0; i < count; i++)
        tensor[i] = static_cast<std::uint16_t>(i + 1);
    std::uintptr_t from = upload(tensor), to = upload(target);
    const std::uint32_t steps[] = {1, 1, 1, 1, 1};
    CopyMaps maps;
    require(cuTensorMapEncodeTiled(maps.from, 6, rank, from, dims.data(), strides, box.data(), steps, 0, mode, 0, 0),
        "cuTensorMapEncodeTiled");
    require(cuTensorMapEncodeTiled(maps.to, 6, rank, to, dims.data(), strides, box.data(), steps, 0, mode, 0, 0), "cuTensorMapEncodeTiled");
    CopyBox arguments = {};
    std::size_t elements = 1;
    for (unsigned i = 0; i < rank; i++) {
        arguments.place[i] = place[i];
        elements *= box[i];
    }

    arguments.rank = static_cast<int>(rank);
    arguments.words = static_cast<int>(elements / 2);
    std::vector<unsigned> seen(elements / 2);
    std::uintptr_t output = upload(seen);
    void* pointers[] = {&maps, &arguments, &output};
    require(cuLaunchKernel(function, 1, 1, 1, 128, 1, 1, static_cast<unsigned>(2 * elements + 8), nullptr, pointers, nullptr),
        "cuLaunchKernel");
    require(cuCtxSynchronize(), "copies");
    require(cuMemcpyDtoH_v2(seen.data(), output, 4 * seen.size()), "cuMemcpyDtoH");
    require(cuMemcpyDtoH_v2(target.data(), to, 2 * target.size()), "cuMemcpyDtoH");
    for (const std::uintptr_t address : {from, to, output})
        require(cuMemFree_v2(address), "cuMemFree");

    int wrong = 0;
    std::vector<std::uint16_t> expected(count, 0);
    for (std::size_t i = 0; i < elements; i++) {
        std::size_t rest = i, at = 0;
        bool inside = true;
        for (unsigned axis = 0; axis < rank; axis++) {
            const long long index = place[axis] + static_cast<long long>(rest % box[axis]);
            rest /= box[axis];
            inside &= index >= 0 && index < static_cast<long long>(dims[axis]);
            at += static_cast<std::size_t>(index) * (axis == 0 ? 1 : strides[axis - 1] / 2);
        }

        const int offset = swizzle(mode, static_cast<int>(2 * i));
        wrong += (seen[offset / 4] >> 8 * (offset % 4) & 0xffff) != (inside ? tensor[at] : 0u);
        if (inside)
            expected[at] = tensor[at];
    }

    const std::string name = "tensor copy of rank " + std::to_string(rank) + ", mode " + std::to_string(mode);
    tally().check(wrong == 0, name + ": " + std::to_string(wrong) + " wrong in shared memory");
    tally().check(target == expected, name + ": wrong in global memory");
}

void test_copies(void* module)
{
    void* function = function_of(module, "copies", 100 * 1024);
    test_copy(function, 3, {64, 40}, {0, 0}, {64, 24}, {0, 8});
    // rows that end within the box, and rows that are not there
    test_copy(function, 3, {40, 40, 3}, {0, 0, 0}, {64, 24, 1}, {0, 30, 2});
    test_copy(function, 1, {80, 21, 2, 2}, {8, 16, 0, 0}, {16, 32, 1, 1}, {64, 5, 1, 1});
    test_copy(function, 2, {96, 9, 3, 2}, {0, 8, 0, 0}, {32, 16, 2, 1}, {64, -4, 1, 0}); // begins before the tensor
    test_copy(function, 0, {8, 50, 9, 2, 2}, {64, 0, 0, 0, 0}, {8, 16, 9, 1, 1}, {0, 40, 0, 1, 1});
    test_copy(function, 3, {64, 5, 2, 1, 2}, {0, 0, 0, 0, 0}, {64, 4, 1, 1, 2}, {0, 2, 1, 0, 0});
}

// Lines in a row land where they belong, and what is no line or not the tensor's is caught.
void test_bulk(void* module)
{
    void* function = function_of(module, "bulk", 48 * 1024);
    std::vector<unsigned> input(4 * 200), output(4 * 100, 0);
    for (unsigned i = 0; i < input.size(); i++)
        input[i] = 3 * i + 1;
    std::uintptr_t from = upload(input), to = upload(output);
    for (const int lines : {2, 9, 100}) {
        int first = 7;
        int count = lines;
        void* pointers[] = {&from, &to, &first, &count};
        require(cuLaunchKernel(function, 1, 1, 1, 128, 1, 1, static_cast<unsigned>(16 * lines + 8), nullptr, pointers, nullptr),
            "cuLaunchKernel");
        require(cuCtxSynchronize(), "bulk");
        require(cuMemcpyDtoH_v2(output.data(), to, 4 * output.size()), "cuMemcpyDtoH");
        tally()
            .check(std::memcmp(output.data(), &input[4 * first], 16 * static_cast<std::size_t>(lines)) == 0,
                "a copy of " + std::to_string(lines) + " lines");
    }

    require(cuMemFree_v2(from), "cuMemFree");
    require(cuMemFree_v2(to), "cuMemFree");
}

void test_ring(void* module)
{
    void* function = function_of(module, "ring", 48 * 1024);
    for (const char* seed : {"1", "2", "3", "17"}) {
        emulator_set("CUDA_EMULATOR_SEED", seed);
        std::vector<unsigned> input(128), output(128);
        for (unsigned i = 0; i < 128; i++)
            input[i] = 1000 * i;
        std::uintptr_t from = upload(input), to = upload(output);
        int rounds = 7;
        void* pointers[] = {&from, &to, &rounds};
        require(cuLaunchKernel(function, 1, 1, 1, 256, 1, 1, 2 * 512 + 32, nullptr, pointers, nullptr), "cuLaunchKernel");
        require(cuCtxSynchronize(), "ring");
        require(cuMemcpyDtoH_v2(output.data(), to, 512), "cuMemcpyDtoH");
        int wrong = 0;
        for (unsigned i = 0; i < 128; i++)
            wrong += output[i] != 7 * input[(i + 7 + 5) % 128] + 21;
        tally().check(wrong == 0, std::string("ring, seed ") + seed + ": " + std::to_string(wrong) + " wrong");
    }

    emulator_set("CUDA_EMULATOR_SEED", "1");
}

// Each requirement of cuTensorMapEncodeTiled, broken.
void test_tensor_map_requirements()
{
    alignas(64) unsigned char map[192];
    const std::vector<std::uint16_t> data(4096);
    const std::uintptr_t tensor = upload(data);
    struct Wrong {
        const char* reason;
        int shift;
        unsigned type, rank;
        std::uintptr_t address;
        std::uint64_t dim, stride;
        std::uint32_t box, step;
        int swizzle;
    };
    const Wrong cases[] = {
        {"map's address", 16, 6, 2, tensor, 64, 128, 64, 1, 3}, {"data type", 0, 40, 2, tensor, 64, 128, 64, 1, 3},
        {"rank", 0, 6, 6, tensor, 64, 128, 64, 1, 3},
        {"tensor's address", 0, 6, 2, tensor + 8, 64, 128, 64, 1, 3}, {"dimension 0", 0, 6, 2, tensor, 0, 128, 64, 1, 3},
        {"stride 0", 0, 6, 2, tensor, 64, 120, 64, 1, 3},
        {"box has 0", 0, 6, 2, tensor, 64, 128, 0, 1, 3}, {"box has 264", 0, 6, 2, tensor, 64, 128, 264, 1, 0},
        {"multiple of 16", 0, 6, 2, tensor, 64, 128, 4, 1, 0},
        {"more than the swizzle", 0, 6, 2, tensor, 64, 128, 64, 1, 2}, {"element strides", 0, 6, 2, tensor, 64, 128, 64, 2, 3}};
    for (const Wrong& wrong : cases) {
        const std::uint64_t dims[] = {wrong.dim, 8, 1, 1, 1, 1}, strides[] = {wrong.stride, 1024, 1024, 1024, 1024};
        const std::uint32_t box[] = {wrong.box, 8, 1, 1, 1, 1}, steps[] = {wrong.step, 1, 1, 1, 1, 1};
        const int code =
            cuTensorMapEncodeTiled(
                map + wrong.shift, wrong.type, wrong.rank, wrong.address, dims, strides, box, steps, 0, wrong.swizzle, 0, 0);
        const char* text = "";
        cuGetErrorString(code, &text);
        tally()
            .check(code == 1 && std::string(text).find(wrong.reason) != std::string::npos,
                std::string("cuTensorMapEncodeTiled, ") + wrong.reason + ": " + std::to_string(code) + " " + text);
    }

    require(cuMemFree_v2(tensor), "cuMemFree");
}

} // namespace

void* function_of(void* module, const char* kernel, int shared_bytes)
{
    void* function = nullptr;
    require(cuModuleGetFunction(&function, module, kernel), kernel);
    require(cuFuncSetAttribute(function, 8, shared_bytes), "cuFuncSetAttribute");
    return function;
}

void test_hopper(const Headers& headers, const std::string& kernels)
{
    emulator_set("CUDA_EMULATOR_COMPUTE_CAPABILITY", "9.0");
    const Compiled compiled = compile(read_file(kernels + "/hopper.cu"), headers, "sm_90a");
    tally().check(compiled.result == 0, "hopper.cu does not compile:\n" + compiled.log);
    if (compiled.result == 0) {
        open_context();
        void* module = nullptr;
        require(cuModuleLoadData(&module, compiled.image.data()), "cuModuleLoadData");
        test_products(module);
        test_copies(module);
        test_bulk(module);
        test_ring(module);
        test_tensor_map_requirements();
        close_context();
    }

    test_hopper_faults(headers, kernels);
    test_clusters(headers, kernels);
    emulator_set("CUDA_EMULATOR_COMPUTE_CAPABILITY", "8.0");
}

} // namespace selftest
