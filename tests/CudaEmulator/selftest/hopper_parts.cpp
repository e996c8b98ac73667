// Parts of the kernels for Hopper by themselves: the order of work items, the kinds of tiles of keys, powers of two.
#include "arguments.hpp"
#include "gpu.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace selftest {

namespace {

constexpr int tile_rows = 64;
constexpr int tile_keys = 128;
constexpr int chunk_keys = 512; // as hopper_parts.cu has it

// An item as the kernel tells it.
struct Told {
    int slice_head = -1, row_begin = -1, key_begin = -1, key_end = -1;

    long long keys() const { return key_end - key_begin; }
};

Arguments shape(int heads, int queries, int keys, bool causal, int key_splits = 1)
{
    Arguments a;
    a.heads = a.key_value_heads = a.head_count = heads;
    a.queries = a.row_count = queries;
    a.keys = keys;
    a.causal = causal;
    a.key_splits = key_splits;
    return a;
}

// [block][round]; a block's items end with one whose head is -1.
std::vector<std::vector<Told>> items_of(void* module, const Arguments& a, unsigned blocks)
{
    const int chunks = std::max(1, (a.keys + chunk_keys - 1) / chunk_keys);
    int most =
        static_cast<int>(
            (static_cast<unsigned>((a.row_count + tile_rows - 1) / tile_rows * a.head_count) / blocks + 2) * static_cast<unsigned>(chunks));
    std::vector<Told> all(blocks * static_cast<unsigned>(most));
    std::uintptr_t output = upload(all);
    Arguments copy = a;
    void* function = nullptr;
    require(cuModuleGetFunction(&function, module, "block_items"), "cuModuleGetFunction");
    void* arguments[] = {&copy, &output, &most};
    require(cuLaunchKernel(function, blocks, 1, 1, 1, 1, 1, 0, nullptr, arguments, nullptr), "cuLaunchKernel");
    require(cuCtxSynchronize(), "block_items");
    require(cuMemcpyDtoH_v2(all.data(), output, all.size() * sizeof(Told)), "cuMemcpyDtoH");
    require(cuMemFree_v2(output), "cuMemFree");
    std::vector<std::vector<Told>> items;
    for (unsigned block = 0; block < blocks; block++) {
        const auto begin = all.begin() + static_cast<int>(block) * most;
        items.emplace_back(begin, std::find_if(begin, begin + most, [](const Told& told) { return told.slice_head < 0; }));
    }

    return items;
}

Told item_of(void* module, const Arguments& a, int index)
{
    std::uintptr_t output = upload(std::vector<Told>(1));
    Arguments copy = a;
    void* function = nullptr;
    require(cuModuleGetFunction(&function, module, "item_of_index"), "cuModuleGetFunction");
    void* arguments[] = {&copy, &output, &index};
    require(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, nullptr, arguments, nullptr), "cuLaunchKernel");
    require(cuCtxSynchronize(), "item_of_index");
    Told told;
    require(cuMemcpyDtoH_v2(&told, output, sizeof told), "cuMemcpyDtoH");
    require(cuMemFree_v2(output), "cuMemFree");
    return told;
}

// Every chunk of keys of every tile of every head that sees keys is one block's, and no block has more than so many of the longest items
// more than another. Where blocks do not share rows an item is all chunks of a tile, one after the other.
void test_shares(void* module, const char* name, const Arguments& a, unsigned blocks, int uneven = 1)
{
    const std::vector<std::vector<Told>> items = items_of(module, a, blocks);
    std::set<std::tuple<int, int, int>> seen;
    std::size_t count = 0;
    long long least = -1, most = 0;
    long long longest = 0, all_keys = 0;
    bool in_order = true;
    for (const std::vector<Told>& block : items) {
        long long keys = 0;
        for (const Told& item : block) {
            seen.emplace(item.slice_head, item.row_begin, item.key_begin);
            keys += item.keys();
            longest = std::max<long long>(longest, a.key_splits > 1 ? item.keys() : item.key_end);
        }

        for (std::size_t i = 1; i < block.size() && a.key_splits == 1; i++)
            in_order &= block[i].key_begin == 0
                || (block[i].key_begin == block[i - 1].key_end && block[i].slice_head == block[i - 1].slice_head
                    && block[i].row_begin == block[i - 1].row_begin);

        all_keys += keys;

        count += block.size();
        least = least < 0 ? keys : std::min(least, keys);
        most = std::max(most, keys);
    }

    std::size_t expected = 0;
    long long expected_keys = 0;
    for (int row = 0; row < a.row_count; row += tile_rows) {
        const int visible = a.causal ? std::min(a.keys, std::min(row + tile_rows, a.row_count)) : a.keys;
        expected += static_cast<std::size_t>(a.head_count) * static_cast<std::size_t>((visible + chunk_keys - 1) / chunk_keys);
        expected_keys += static_cast<long long>(a.head_count) * visible;
    }

    const std::string what = std::string("work items, ") + name + ", " + std::to_string(blocks) + " blocks: ";
    tally().check(all_keys == expected_keys, what + std::to_string(all_keys) + " keys of " + std::to_string(expected_keys));
    tally()
        .check(count == expected && seen.size() == expected,
            what + std::to_string(count) + " items, " + std::to_string(seen.size()) + " different, of " + std::to_string(expected));
    tally().check(in_order, what + "a block leaves a tile before it is done with its keys");
    tally()
        .check(most - least <= uneven * longest,
            what + "one block has " + std::to_string(most) + " keys, another " + std::to_string(least));
}

void test_order(void* module)
{
    // Without causality one head after the other; with it the last tile of all heads first.
    const std::vector<Told> plain = items_of(module, shape(3, 200, 300, false), 1)[0];
    tally()
        .check(plain[0].slice_head == 0 && plain[3].slice_head == 0 && plain[4].slice_head == 1, "work items: heads one after the other");
    const std::vector<Told> causal = items_of(module, shape(3, 200, 300, true), 1)[0];
    tally().check(
        causal[0].row_begin == 192 && causal[2].row_begin == 192 && causal[2].slice_head == 2 && causal[3].row_begin == 128
            && causal[11].row_begin == 0,
        "work items: the last rows of all heads first");
    tally().check(
        std::is_sorted(causal.begin(), causal.end(), [](const Told& x, const Told& y) { return x.key_end > y.key_end; }),
        "work items: the longest first");

    // 40000 keys of a head are ten MB: three heads at a time, and all tiles of them before the next ones.
    const Arguments large = shape(8, 40000, 40000, true);
    const int tiles = 625;
    const Told second =
        item_of(module, large, 3 * tiles - 1), third = item_of(module, large, 3 * tiles), last = item_of(module, large, 8 * tiles - 1);
    tally().check(second.slice_head == 2 && second.row_begin == 0, "work items: the end of what the cache holds");
    tally().check(third.slice_head == 3 && third.row_begin == 39936, "work items: the next heads");
    tally().check(last.slice_head == 7 && last.row_begin == 0, "work items: the last of fewer heads");
    Arguments grouped = large;
    grouped.key_value_heads = 4;
    tally().check(item_of(module, grouped, 5).slice_head == 5, "work items: heads that share keys count once");

    // As many items as 31 bits count.
    const Arguments huge = shape((1 << 16) - 1, (1 << 21), 64, true);
    const Told far = item_of(module, huge, ((1 << 16) - 1) * (1 << 15) - 1);
    tally().check(far.slice_head == (1 << 16) - 2 && far.row_begin == 0, "work items: item 2^31 - 2^15 - 1");
}

// What a tile of keys is, counted from the definitions: tiles from the first one for which they hold.
struct Tiles {
    int row_begin, key_begin, key_end, causal;
    float scale;
};

struct TileCounts {
    int all, unhidden, plain;

    bool operator==(const TileCounts& other) const
    {
        return all == other.all && unhidden == other.unhidden && plain == other.plain;
    }
};

TileCounts counted(const Tiles& tiles, bool general_masks)
{
    TileCounts counts = {};
    for (int key = tiles.key_begin; key < tiles.key_end; key += tile_keys) {
        const int last = key + tile_keys - 1;
        const bool seen = !general_masks && (tiles.causal == 0 || last <= tiles.row_begin);
        counts.plain += seen && counts.plain == counts.all && last < tiles.key_end && tiles.scale == 1.0f;
        counts.unhidden += seen && counts.unhidden == counts.all;
        counts.all++;
    }

    return counts;
}

void test_kinds_of_tiles(void* module, bool general_masks)
{
    std::vector<Tiles> items;
    for (const int key_begin : {0, tile_keys, 3 * tile_keys})
        for (const int keys : {0, 1, tile_keys - 1, tile_keys, tile_keys + 1, 4 * tile_keys, 5 * tile_keys - 7})
            for (const int row_begin : {0, tile_keys - 2, tile_keys - 1, tile_keys, 3 * tile_keys + 5, 4 * tile_keys - 1, 1 << 20})
                for (const int causal : {0, 1})
                    for (const float scale : {1.0f, -0.1f})
                        items.push_back({row_begin, key_begin, key_begin + keys, causal, scale});

    // The last rows of the greatest tensor.
    const int greatest = 2147483647;
    items.push_back({greatest - 63, 0, greatest, 1, 1.0f});
    items.push_back({greatest - 1, greatest / tile_keys * tile_keys, greatest, 1, 1.0f});
    std::vector<TileCounts> output(items.size());
    std::uintptr_t from = upload(items), to = upload(output);
    void* function = nullptr;
    require(cuModuleGetFunction(&function, module, "kinds_of_tiles"), "cuModuleGetFunction");
    void* arguments[] = {&from, &to};
    require(cuLaunchKernel(function, static_cast<unsigned>(items.size()), 1, 1, 32, 1, 1, 0, nullptr, arguments, nullptr),
        "cuLaunchKernel");
    require(cuCtxSynchronize(), "kinds_of_tiles");
    require(cuMemcpyDtoH_v2(output.data(), to, output.size() * sizeof(TileCounts)), "cuMemcpyDtoH");
    require(cuMemFree_v2(from), "cuMemFree");
    require(cuMemFree_v2(to), "cuMemFree");
    int wrong = 0;
    for (std::size_t i = 0; i + 2 < items.size(); i++)
        wrong += !(output[i] == counted(items[i], general_masks));
    tally()
        .check(wrong == 0, "kinds of tiles: " + std::to_string(wrong) + " of " + std::to_string(items.size()) + " items have other tiles");
    const int tiles = greatest / tile_keys + 1;
    const TileCounts far = general_masks ? TileCounts {tiles, 0, 0} : TileCounts {tiles, tiles - 1, tiles - 1};
    tally().check(output[items.size() - 2] == far, "kinds of tiles: the last rows of the greatest tensor");
    tally().check(output[items.size() - 1] == TileCounts {1, 0, 0}, "kinds of tiles: the last keys of the greatest tensor");
}

std::vector<float> powers_of(void* module, std::vector<float> exponents)
{
    exponents.resize((exponents.size() + 255) / 256 * 256, 0.0f);
    std::uintptr_t input = upload(exponents), output = upload(exponents);
    void* function = nullptr;
    require(cuModuleGetFunction(&function, module, "powers_of_two"), "cuModuleGetFunction");
    void* arguments[] = {&input, &output};
    require(cuLaunchKernel(function, static_cast<unsigned>(exponents.size() / 256), 1, 1, 256, 1, 1, 0, nullptr, arguments, nullptr),
        "cuLaunchKernel");
    require(cuCtxSynchronize(), "powers_of_two");
    require(cuMemcpyDtoH_v2(exponents.data(), output, exponents.size() * sizeof(float)), "cuMemcpyDtoH");
    require(cuMemFree_v2(input), "cuMemFree");
    require(cuMemFree_v2(output), "cuMemFree");
    return exponents;
}

// The polynomial against exp2 in float64, for every exponent that softmax can meet.
void test_powers(void* module)
{
    std::vector<float> exponents;
    for (int i = -130 * 2048; i <= 16 * 2048; i++)
        exponents.push_back(static_cast<float>(i) / 2048.0f + static_cast<float>(i % 7) * 3e-5f);
    for (int i = -127; i <= 16; i++)
        for (const float half : {0.0f, 0.5f}) {
            exponents.push_back(std::nextafter(static_cast<float>(i) + half, -1000.0f));
            exponents.push_back(std::nextafter(static_cast<float>(i) + half, 1000.0f));
        }
    const std::vector<float> powers = powers_of(module, exponents);
    double worst = 0;
    bool flushes = true;
    for (std::size_t i = 0; i < exponents.size(); i++) {
        const double exact = std::exp2(static_cast<double>(exponents[i]));
        if (exponents[i] < -126.0f)
            flushes &= powers[i] == 0 && !std::signbit(powers[i]);
        else
            worst = std::max(worst, std::fabs(powers[i] / exact - 1));
    }

    tally().check(worst > 0.9e-4 && worst <= 1.02e-4, "polynomial powers of two: relative error " + std::to_string(worst * 1e6) + "e-6");
    tally().check(flushes, "polynomial powers of two: not zero where the result is subnormal");
    std::printf("polynomial powers of two: relative error at most %.3e\n", worst);

    std::vector<float> whole;
    for (int i = -126; i <= 16; i++)
        whole.push_back(static_cast<float>(i));
    const std::vector<float> exact = powers_of(module, whole);
    bool is_exact = true;
    for (std::size_t i = 0; i < whole.size(); i++)
        is_exact &= exact[i] == std::ldexp(1.0f, static_cast<int>(whole[i]));
    tally().check(is_exact, "polynomial powers of two: not exact for whole numbers");

    const std::vector<float> odd = powers_of(module, {-INFINITY, -3.4e38f, -1e6f, -127.0f, -150.3f, NAN, -NAN, 1e-42f, -0.0f});
    for (int i = 0; i < 5; i++)
        tally().check(odd[i] == 0 && !std::signbit(odd[i]), "polynomial powers of two: a hidden or far score is not zero");
    tally().check(std::isnan(odd[5]) && std::isnan(odd[6]), "polynomial powers of two: a score that is no number is lost");
    tally().check(odd[7] == 1 && odd[8] == 1, "polynomial powers of two: next to zero");
}

} // namespace

void test_hopper_parts(const std::string& templates, const std::string& kernels)
{
    const Headers headers = {
        {"kernelgen_primitives.cuh", primitives_of(templates)}, {"kernelgen_score.cuh", primitives_of(templates, "score")},
        {"lanes.cuh", primitives_of(templates, "tensor_core/_lanes")}, {"kernelgen_slice.cuh", primitives_of(templates, "slice")},
        {"kernelgen_key_chunks.cuh", primitives_of(templates, "key_chunks")},
        {"work_items.cuh", primitives_of(templates, "sm90a/_work_items")}, {"key_tiles.cuh", primitives_of(templates, "sm90a/_key_tiles")},
        {"finish_scores.cuh", primitives_of(templates, "tensor_core/_finish_scores")},
        {"tile_kinds.cuh", primitives_of(templates, "sm90a/_tile_kinds")},
        {"exponentials.cuh", primitives_of(templates, "sm90a/_exponentials")}};
    emulator_set("CUDA_EMULATOR_COMPUTE_CAPABILITY", "9.0");
    for (const bool general_masks : {false, true}) {
        const std::string macro = std::string("--define-macro=KERNELGEN_GENERAL_MASKS=") + (general_masks ? "1" : "0");
        const Compiled compiled = compile(read_file(kernels + "/hopper_parts.cu"), headers, "sm_90a", false, {macro});
        tally().check(compiled.result == 0, "hopper_parts.cu does not compile with " + macro + ":\n" + compiled.log);
        if (compiled.result != 0)
            continue;

        open_context();
        void* module = nullptr;
        require(cuModuleLoadData(&module, compiled.image.data()), "cuModuleLoadData");
        test_kinds_of_tiles(module, general_masks);
        if (!general_masks) {
            for (const unsigned blocks : {1u, 2u, 7u, 132u}) {
                test_shares(module, "all keys", shape(5, 700, 900, false), blocks);
                test_shares(module, "causal", shape(5, 1000, 1000, true), blocks);
                test_shares(module, "causal, few keys", shape(3, 1500, 200, true), blocks);
                test_shares(module, "causal, few heads at a time", shape(8, 40000, 40000, true), blocks, 3);
                test_shares(module, "shared rows", shape(3, 70, 2000, false, 4), blocks);
                test_shares(module, "causal, shared rows", shape(3, 1100, 1500, true, 3), blocks, 3);
            }

            test_order(module);
            test_powers(module);
        }

        close_context();
    }

    emulator_set("CUDA_EMULATOR_COMPUTE_CAPABILITY", "8.0");
}

} // namespace selftest
