// Runs generated attention kernels against a reference in float64. The folder holds the generator's text and a manifest, one line a kernel:
//   file family target element head_dim tile_rows tile_keys maximum_keys (0: any number) bytes_per_score tile_row_bytes entry:threads:shared_bytes:rows_per_block[:merge][:persistent][:cluster<blocks>] ...
// A stage that takes tensor maps goes on with :dims:rows of the boxes of Q, K and V, and of the output where it is written by tensor copies.
#include "arguments.hpp"
#include "hopper.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <sstream>

namespace selftest {

namespace {

constexpr int maximum_dynamic_shared_bytes = 8; // CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES

struct Stage {
    std::string entry;
    int threads = 0, shared_bytes = 0, rows_per_block = 0;
    bool merges = false; // partial results of split keys; launched only then
    bool persistent = false; // blocks walk over the tiles of all heads, however many blocks there are
    int cluster_blocks = 1; // along the rows
    std::vector<std::uint32_t> boxes; // dims and rows of Q, K, V and the output, of the first three, or nothing
};

struct TensorMaps {
    alignas(64) unsigned char bytes[4][128];
};

struct Kernel {
    std::string file, family, target, element;
    int head_dim = 0, tile_rows = 0, tile_keys = 0, maximum_keys = 0;
    int bytes_per_score = 0, tile_row_bytes = 0; // of the workspace
    std::vector<Stage> stages;
    std::vector<void*> functions;
};

enum class Mask { none, boolean, additive, row_hidden, least, rising, padding };

struct Case {
    const char* name;
    int batch, heads, key_value_heads, queries, keys;
    bool causal;
    Mask mask;
    bool rows_before_heads; // [B, L, H, D]
    int row_padding;        // elements between rows, so that they are not aligned to quads
    int slice_rows, slice_heads;
    unsigned grid_y;
    float scale = 0;            // 0: one over the root of the head dim
    bool poisoned = false;      // some values of visible keys are infinite or NaN
    int key_splits = 1;         // above 1 only for kernels that can split keys
};

const Case cases[] = {
    {"one tile", 1, 1, 1, 64, 64, false, Mask::none, false, 0, 1000, 1000, 65535},
    {"ragged", 1, 2, 2, 77, 131, false, Mask::none, false, 0, 1000, 1000, 65535},
    {"rows before heads, slices", 2, 2, 2, 70, 77, false, Mask::none, true, 0, 33, 3, 65535},
    {"causal", 1, 2, 2, 130, 130, true, Mask::none, false, 0, 1000, 1000, 65535},
    {"causal, few keys, unaligned slices", 1, 1, 1, 150, 40, true, Mask::none, false, 0, 41, 1, 65535},
    {"causal, many keys", 1, 1, 1, 20, 200, true, Mask::none, false, 0, 7, 1, 65535},
    {"boolean mask", 2, 2, 2, 40, 90, false, Mask::boolean, false, 0, 1000, 1000, 65535},
    {"additive mask, causal", 1, 2, 2, 70, 70, true, Mask::additive, false, 0, 50, 1000, 65535},
    {"hidden rows", 1, 1, 1, 70, 90, false, Mask::row_hidden, false, 0, 1000, 1000, 65535},
    {"a mask of the least number", 1, 1, 1, 10, 20, false, Mask::least, false, 0, 1000, 1000, 65535},
    {"grouped heads, folded grid", 2, 6, 2, 20, 70, false, Mask::none, false, 0, 1000, 1000, 2},
    {"unaligned rows", 1, 2, 1, 66, 67, false, Mask::none, false, 1, 1000, 1000, 65535},
    {"many tiles of keys", 1, 2, 1, 70, 700, false, Mask::none, false, 0, 1000, 1000, 65535},
    {"causal, many tiles, grouped heads, folded grid", 1, 4, 2, 210, 420, true, Mask::none, true, 0, 130, 1000, 2},
    {"one query, one key", 1, 2, 2, 1, 1, false, Mask::none, false, 0, 1000, 1000, 65535},
    {"no keys", 1, 2, 2, 5, 0, false, Mask::none, false, 0, 1000, 1000, 65535},
    {"a prompt", 1, 2, 2, 140, 77, false, Mask::none, true, 0, 1000, 1000, 65535},
    {"a prompt, many rows", 1, 2, 2, 530, 77, false, Mask::none, false, 0, 1000, 1000, 1},
    {"a prompt, many rows, causal, slices", 1, 1, 1, 600, 70, true, Mask::none, true, 0, 550, 1000, 65535},
    {"two prompts, boolean mask", 1, 1, 1, 150, 154, false, Mask::boolean, false, 0, 64, 1000, 65535},
    {"scores that rise from tile to tile", 1, 1, 1, 20, 200, false, Mask::rising, false, 0, 1000, 1000, 65535},
    {"anything behind a padding mask", 1, 2, 1, 40, 150, false, Mask::padding, false, 0, 1000, 1000, 65535},
    {"anything behind a padding mask, few keys", 1, 2, 1, 40, 77, false, Mask::padding, false, 0, 1000, 1000, 65535},
    {"values that are no numbers, causal", 1, 2, 1, 90, 70, true, Mask::none, false, 1, 1000, 1000, 65535, 0, true},
    {"negative scale", 1, 1, 1, 20, 70, true, Mask::none, false, 0, 1000, 1000, 65535, -0.1f},
    {"one query, split keys", 1, 2, 2, 1, 300, false, Mask::none, false, 0, 1000, 1000, 65535, 0, false, 5},
    {"ragged, split keys, slices", 2, 2, 2, 70, 331, false, Mask::none, true, 1, 33, 3, 65535, 0, false, 3},
    {"causal, split keys", 1, 2, 1, 150, 150, true, Mask::none, false, 0, 41, 1, 65535, 0, false, 3},
    {"causal, few queries, split keys", 1, 1, 1, 70, 200, true, Mask::none, false, 0, 1000, 1000, 65535, 0, false, 2},
    {"boolean mask, split keys", 2, 2, 2, 40, 190, false, Mask::boolean, false, 0, 1000, 1000, 65535, 0, false, 3},
    {"additive mask, causal, split keys", 1, 2, 2, 140, 140, true, Mask::additive, false, 0, 50, 1000, 65535, 0, false, 2},
    {"hidden rows and splits", 1, 1, 1, 70, 190, false, Mask::row_hidden, false, 0, 1000, 1000, 65535, 0, false, 3},
    {"grouped heads, folded grid, split keys", 2, 6, 2, 20, 170, false, Mask::none, false, 0, 1000, 1000, 2, 0, false, 2},
    {"scores that rise from split to split", 1, 1, 1, 20, 200, false, Mask::rising, false, 0, 1000, 1000, 65535, 0, false, 4},
    {"a padding mask, split keys", 1, 2, 1, 40, 250, false, Mask::padding, false, 0, 1000, 1000, 65535, 0, false, 4},
    {"values that are no numbers, causal, split keys", 1, 2, 1, 90, 90, true, Mask::none, false, 1, 1000, 1000, 65535, 0, true, 2},
    {"causal, many tiles of rows and keys", 1, 2, 2, 450, 450, true, Mask::none, false, 0, 1000, 1000, 65535},
    {"many tiles of one key tile each", 2, 3, 3, 500, 30, false, Mask::none, true, 0, 1000, 1000, 65535},
    {"no scale", 1, 1, 1, 20, 70, false, Mask::boolean, false, 0, 1000, 1000, 65535, 1e-45f},
};

Tensor make_tensor(const std::string& element, const Case& c, int heads, int rows, int dims)
{
    Tensor tensor;
    tensor.element = element;
    const long long row = dims + c.row_padding;
    tensor.strides = c.rows_before_heads ? Strides{row * heads * rows, row, row * heads} : Strides{row * heads * rows, row * rows, row};
    // Ends with the last row's last element: what lies behind it is not the kernel's.
    const long long count = rows == 0 ? 0 : (c.batch - 1) * tensor.strides.batch + (heads - 1) * tensor.strides.head + (rows - 1) * tensor.strides.row + dims;
    tensor.bytes.resize(count * tensor.element_bytes());
    return tensor;
}

void fill(Tensor& tensor, std::mt19937& random)
{
    std::normal_distribution<float> normal;
    const long long count = static_cast<long long>(tensor.bytes.size() / tensor.element_bytes());
    for (long long i = 0; i < count; i++)
        tensor.set(i, normal(random));
}

struct Result {
    Tensor output;
    std::vector<float> log_sum_exp, map;
};

struct Problem {
    Tensor query, key, value;
    std::vector<unsigned char> boolean;
    std::vector<float> additive;
    Arguments arguments;
};

bool visible(const Case& c, const Problem& p, int b, int h, int i, int j, double& bias)
{
    bias = 0;
    if (c.causal && j > i)
        return false;
    const MaskStrides& s = p.arguments.mask_strides;
    const long long at = b * s.batch + h * s.head + i * s.query + j * s.key;
    if (p.arguments.mask_kind == 1)
        return p.boolean[at] != 0;
    if (p.arguments.mask_kind == 2) {
        bias = p.additive[at];
        return bias != -std::numeric_limits<double>::infinity();
    }

    return true;
}

Problem make_problem(const Kernel& kernel, const Case& c)
{
    std::mt19937 random(static_cast<unsigned>(kernel.head_dim * 31 + c.queries));
    Problem p;
    p.query = make_tensor(kernel.element, c, c.heads, c.queries, kernel.head_dim);
    p.key = make_tensor(kernel.element, c, c.key_value_heads, c.keys, kernel.head_dim);
    p.value = make_tensor(kernel.element, c, c.key_value_heads, c.keys, kernel.head_dim);
    fill(p.query, random);
    fill(p.key, random);
    fill(p.value, random);

    Arguments& a = p.arguments;
    a.query_strides = p.query.strides;
    a.key_strides = p.key.strides;
    a.value_strides = p.value.strides;
    a.output_strides = p.query.strides;
    a.heads = c.heads;
    a.key_value_heads = c.key_value_heads;
    a.queries = c.queries;
    a.keys = c.keys;
    a.scale = c.scale != 0 ? c.scale : 1.0f / std::sqrt(static_cast<float>(kernel.head_dim));
    a.causal = c.causal;
    a.key_splits = c.key_splits;
    if (c.mask == Mask::boolean) {
        // [batch, 1, queries, keys]
        a.mask_kind = 1;
        a.mask_strides = {static_cast<long long>(c.queries) * c.keys, 0, c.keys, 1};
        p.boolean.resize(static_cast<std::size_t>(c.batch) * c.queries * c.keys);
        for (unsigned char& byte : p.boolean)
            byte = random() % 3 != 0;
    } else if (c.mask == Mask::row_hidden) {
        a.mask_kind = 1;
        a.mask_strides = {0, 0, c.keys, 1};
        p.boolean.resize(static_cast<std::size_t>(c.queries) * c.keys);
        for (std::size_t i = 0; i < p.boolean.size(); i++)
            p.boolean[i] = i / c.keys % 3 != 0 && i % c.keys > 66;
    } else if (c.mask == Mask::additive) {
        // [heads, queries, 1 for all keys but every fifth hidden]
        a.mask_kind = 2;
        a.mask_strides = {0, static_cast<long long>(c.queries) * c.keys, c.keys, 1};
        p.additive.resize(static_cast<std::size_t>(c.heads) * c.queries * c.keys);
        std::normal_distribution<float> normal;
        for (float& bias : p.additive)
            bias = random() % 5 == 0 ? -INFINITY : normal(random);
    } else if (c.mask == Mask::least) {
        // [1, 1, 1, keys] of the least fp32 number: hides nothing where it is everywhere.
        a.mask_kind = 2;
        a.mask_strides = {0, 0, 0, 1};
        p.additive.assign(static_cast<std::size_t>(c.keys), -std::numeric_limits<float>::max());
    } else if (c.mask == Mask::rising) {
        // [1, 1, 1, keys]: every tile of keys holds scores that are far above those before it.
        a.mask_kind = 2;
        a.mask_strides = {0, 0, 0, 1};
        p.additive.resize(static_cast<std::size_t>(c.keys));
        for (int j = 0; j < c.keys; j++)
            p.additive[j] = 0.4f * static_cast<float>(j);
    } else if (c.mask == Mask::padding) {
        // [1, 1, 1, keys]: the last third hidden, and nonsense in it.
        a.mask_kind = 1;
        a.mask_strides = {0, 0, 0, 1};
        p.boolean.assign(static_cast<std::size_t>(c.keys), 1);
        for (int j = c.keys - c.keys / 3; j < c.keys; j++) {
            p.boolean[j] = 0;
            for (int h = 0; h < c.key_value_heads; h++)
                for (int d = 0; d < kernel.head_dim; d++) {
                    p.key.set(h * p.key.strides.head + j * p.key.strides.row + d, NAN);
                    p.value.set(h * p.value.strides.head + j * p.value.strides.row + d, d % 3 == 0 ? NAN : d % 3 == 1 ? INFINITY : -INFINITY);
                }
        }
    }

    if (c.poisoned) {
        p.value.set(5 * p.value.strides.row + 1, INFINITY);
        p.value.set(30 * p.value.strides.row + 2, -INFINITY);
        p.value.set(66 * p.value.strides.row + kernel.head_dim - 1, NAN);
    }

    return p;
}

// softmax(Q K^T scale + mask) V of one row, in float64; also the row's probabilities and log-sum-exp.
void reference_row(const Kernel& kernel, const Case& c, const Problem& p, int b, int h, int i, std::vector<double>& out, std::vector<double>& probabilities, double& lse)
{
    const int kh = h / (c.heads / c.key_value_heads);
    out.assign(kernel.head_dim, 0.0);
    probabilities.assign(c.keys, 0.0);
    std::vector<double> scores(c.keys, -INFINITY);
    double peak = -INFINITY;
    for (int j = 0; j < c.keys; j++) {
        double bias = 0;
        if (!visible(c, p, b, h, i, j, bias))
            continue;
        double dot = 0;
        for (int d = 0; d < kernel.head_dim; d++)
            dot += static_cast<double>(p.query.get(b * p.query.strides.batch + h * p.query.strides.head + i * p.query.strides.row + d))
                * p.key.get(b * p.key.strides.batch + kh * p.key.strides.head + j * p.key.strides.row + d);
        scores[j] = dot * p.arguments.scale + bias;
        peak = std::max(peak, scores[j]);
    }

    double total = 0;
    for (int j = 0; j < c.keys; j++)
        total += probabilities[j] = scores[j] == -INFINITY ? 0.0 : std::exp(scores[j] - peak);
    lse = total > 0 ? peak + std::log(total) : -INFINITY;
    for (int j = 0; j < c.keys && total > 0; j++) {
        probabilities[j] /= total;
        if (scores[j] == -INFINITY)
            continue;
        for (int d = 0; d < kernel.head_dim; d++)
            out[d] += probabilities[j] * p.value.get(b * p.value.strides.batch + kh * p.value.strides.head + j * p.value.strides.row + d);
    }
}

// Tensors that tensor copies cannot take are for other targets.
bool has_tensor_maps(const Case& c, int head_dim) { return (head_dim + c.row_padding) % 8 == 0; }

TensorMaps make_tensor_maps(const Kernel& kernel, const Case& c, const Problem& p, const Arguments& a, const Stage& stage)
{
    TensorMaps maps;
    const Tensor* tensors[] = {&p.query, &p.key, &p.value, &p.query};
    const std::uintptr_t addresses[] = {a.query, a.key, a.value, a.output};
    for (int i = 0; i < static_cast<int>(stage.boxes.size() / 2); i++) {
        // Without keys nobody reads the maps of K and V, but there are none of nothing.
        const int of = (i == 1 || i == 2) && c.keys == 0 ? 0 : i;
        const bool of_queries = of == 0 || of == 3;
        const Strides& strides = tensors[of]->strides;
        const std::uint64_t dims[] = {
            static_cast<std::uint64_t>(kernel.head_dim), static_cast<std::uint64_t>(of_queries ? c.queries : c.keys),
            static_cast<std::uint64_t>(of_queries ? c.heads : c.key_value_heads), static_cast<std::uint64_t>(c.batch)};
        const std::uint64_t steps[] = {
            static_cast<std::uint64_t>(2 * strides.row), static_cast<std::uint64_t>(2 * strides.head), static_cast<std::uint64_t>(2 * strides.batch)};
        const std::uint32_t box[] = {stage.boxes[2 * i], stage.boxes[2 * i + 1], 1, 1}, ones[] = {1, 1, 1, 1};
        const int swizzle = box[0] == 64 ? 3 : box[0] == 32 ? 2 : 1;
        require(cuTensorMapEncodeTiled(maps.bytes[i], kernel.element == "f16" ? 6 : 9, 4, addresses[of], dims, steps, box, ones, 0, swizzle, 2, 0), "cuTensorMapEncodeTiled");
    }

    return maps;
}

Result run(const Kernel& kernel, const Case& c, const Problem& p, int slice_rows, int slice_heads, unsigned persistent_blocks)
{
    Result result;
    result.output = p.query;
    std::fill(result.output.bytes.begin(), result.output.bytes.end(), static_cast<unsigned char>(0x11));
    const int all_heads = c.batch * c.heads;
    result.log_sum_exp.assign(static_cast<std::size_t>(all_heads) * c.queries, 0.0f);
    const bool splits = c.key_splits > 1;
    const bool wants_map = kernel.family == "materialized";
    result.map.assign(wants_map ? static_cast<std::size_t>(all_heads) * c.queries * c.keys : 0, 7.0f);

    Arguments a = p.arguments;
    a.query = upload(p.query.bytes);
    a.key = upload(p.key.bytes);
    a.value = upload(p.value.bytes);
    a.output = upload(result.output.bytes);
    a.log_sum_exp = upload(result.log_sum_exp);
    a.map = wants_map ? upload(result.map) : 0;
    a.mask = a.mask_kind == 1 ? upload(p.boolean) : a.mask_kind == 2 ? upload(p.additive) : 0;

    for (int head = 0; head < all_heads; head += slice_heads)
        // From the last slice to the first: what a slice writes past its own rows is not overwritten by who they belong to.
        for (int row = (c.queries - 1) / slice_rows * slice_rows; row >= 0; row -= slice_rows) {
            a.head_begin = head;
            a.head_count = std::min(slice_heads, all_heads - head);
            a.row_begin = row;
            a.row_count = std::min(slice_rows, c.queries - row);
            // Fresh for each slice, and exactly as large as the footprint says.
            const auto up = [](long long n, int tile) { return (n + tile - 1) / tile * tile; };
            const long long row_bytes = splits ? 4ll * c.key_splits * (kernel.head_dim + 2)
                                               : up(c.keys, kernel.tile_keys) / kernel.tile_keys * (kernel.tile_keys * kernel.bytes_per_score + kernel.tile_row_bytes);
            const long long bytes = a.head_count * up(a.row_count, kernel.tile_rows) * row_bytes;
            if (bytes > 0)
                require(cuMemAlloc_v2(&a.scores, static_cast<std::size_t>(bytes)), "cuMemAlloc");

            for (std::size_t s = 0; s < kernel.stages.size(); s++) {
                const Stage& stage = kernel.stages[s];
                if (stage.merges && !splits)
                    continue;
                TensorMaps maps;
                if (!stage.boxes.empty())
                    maps = make_tensor_maps(kernel, c, p, a, stage);
                void* arguments[] = {&a, &maps};
                const int cluster_rows = stage.rows_per_block * stage.cluster_blocks;
                const unsigned tiles = static_cast<unsigned>(
                    (a.row_count + cluster_rows - 1) / cluster_rows * stage.cluster_blocks * (stage.merges ? 1 : c.key_splits));
                const unsigned heads = static_cast<unsigned>(a.head_count);
                const unsigned grid_x = stage.persistent ? std::min(tiles * heads, persistent_blocks) : tiles;
                const unsigned grid_y = stage.persistent ? 1 : std::min(c.grid_y, heads);
                require(cuLaunchKernel(kernel.functions[s], grid_x, grid_y, 1,
                            static_cast<unsigned>(stage.threads), 1, 1, static_cast<unsigned>(stage.shared_bytes), nullptr, arguments, nullptr),
                    "cuLaunchKernel");
                require(cuCtxSynchronize(), (stage.entry + ", " + c.name).c_str());
            }

            if (bytes > 0)
                require(cuMemFree_v2(a.scores), "cuMemFree");
        }

    require(cuMemcpyDtoH_v2(result.output.bytes.data(), a.output, result.output.bytes.size()), "cuMemcpyDtoH");
    require(cuMemcpyDtoH_v2(result.log_sum_exp.data(), a.log_sum_exp, result.log_sum_exp.size() * 4), "cuMemcpyDtoH");
    if (wants_map)
        require(cuMemcpyDtoH_v2(result.map.data(), a.map, result.map.size() * 4), "cuMemcpyDtoH");
    for (const std::uintptr_t address : {a.query, a.key, a.value, a.output, a.log_sum_exp, a.map, a.mask})
        require(cuMemFree_v2(address), "cuMemFree");
    return result;
}

void check(const Kernel& kernel, const Case& c, double& worst)
{
    const Problem p = make_problem(kernel, c);
    const Result sliced = run(kernel, c, p, c.slice_rows, c.slice_heads, 2);
    const std::string name = kernel.stages[0].entry + ", " + c.name;

    double error = 0, norm = 0, map_error = 0, lse_error = 0;
    bool zero_rows = true, as_expected = true;
    std::vector<double> expected, probabilities;
    for (int b = 0; b < c.batch; b++)
        for (int h = 0; h < c.heads; h++)
            for (int i = 0; i < c.queries; i++) {
                double lse = 0;
                reference_row(kernel, c, p, b, h, i, expected, probabilities, lse);
                const long long at = b * p.query.strides.batch + h * p.query.strides.head + i * p.query.strides.row;
                for (int d = 0; d < kernel.head_dim; d++) {
                    const double got = sliced.output.get(at + d);
                    if (!std::isfinite(expected[d])) {
                        as_expected &= std::isnan(expected[d]) ? std::isnan(got) : got == expected[d];
                        continue;
                    }

                    error += (got - expected[d]) * (got - expected[d]);
                    norm += expected[d] * expected[d];
                    zero_rows &= lse != -INFINITY || got == 0;
                }

                const std::size_t row = (static_cast<std::size_t>(b) * c.heads + h) * c.queries + i;
                const float got = sliced.log_sum_exp[row];
                if (lse == -INFINITY)
                    zero_rows &= got == -INFINITY;
                else if (c.mask != Mask::least) // there, scores end at the least fp32 number and so does their sum
                    lse_error = std::max(lse_error, std::fabs(got - lse) / std::max(1.0, std::fabs(lse)));
                for (int j = 0; j < c.keys && !sliced.map.empty(); j++)
                    map_error = std::max(map_error, std::fabs(sliced.map[row * c.keys + j] - probabilities[j]));
            }

    // Tensor cores take the probabilities in the element type.
    const bool tensor_core = kernel.target != "simt";
    const double bound = kernel.element == "f32" ? 2e-6 : kernel.element == "f16" ? (tensor_core ? 1e-3 : 4e-4) : tensor_core ? 8e-3 : 3e-3;
    // A quarter of the powers of two of these are polynomials; a row's sum may be as far off as they are.
    const bool polynomial = kernel.target == "sm90a" && kernel.family == "streaming" && kernel.element != "f32" && kernel.maximum_keys == 0 && kernel.head_dim <= 80;
    const double lse_bound = polynomial ? 1.02e-4 : 2e-6;
    const double relative = norm > 0 ? std::sqrt(error / norm) : std::sqrt(error);
    worst = std::max(worst, relative);
    char text[160];
    std::snprintf(text, sizeof text, ": error %.2e, log-sum-exp %.2e, map %.2e", relative, lse_error, map_error);
    tally().check(relative <= bound && lse_error <= lse_bound && map_error <= 2e-6 && zero_rows && as_expected, name + text);

    // The same bits in one slice, with other numbers of blocks that walk over the tiles, and in slices of other sizes under another order of threads.
    const Result whole = run(kernel, c, p, 100000, 100000, 1);
    tally().check(whole.output.bytes == sliced.output.bytes && std::memcmp(whole.log_sum_exp.data(), sliced.log_sum_exp.data(), 4 * whole.log_sum_exp.size()) == 0,
        name + ": other bits in one slice");
    emulator_set("CUDA_EMULATOR_SEED", "77");
    const Result odd = run(kernel, c, p, 19, 1, 1000);
    emulator_set("CUDA_EMULATOR_SEED", "1");
    tally().check(odd.output.bytes == sliced.output.bytes, name + ": other bits in slices of 19 rows");
    // Warpgroups that copy and compute at their own pace have more orders than two.
    for (const char* seed : {"2", "3", "5"}) {
        if (kernel.target != "sm90a")
            break;
        emulator_set("CUDA_EMULATOR_SEED", seed);
        const Result other = run(kernel, c, p, c.slice_rows, c.slice_heads, 3);
        emulator_set("CUDA_EMULATOR_SEED", "1");
        tally().check(other.output.bytes == sliced.output.bytes, name + ": other bits with seed " + seed);
    }

    tally().check(odd.map == sliced.map, name + ": another map in slices of 19 rows");
}

} // namespace

void test_attention(const std::string& folder)
{
    std::istringstream manifest(read_file(folder + "/manifest.txt"));
    for (std::string line; std::getline(manifest, line);) {
        std::istringstream words(line);
        Kernel kernel;
        words >> kernel.file >> kernel.family >> kernel.target >> kernel.element >> kernel.head_dim >> kernel.tile_rows >> kernel.tile_keys >> kernel.maximum_keys
            >> kernel.bytes_per_score >> kernel.tile_row_bytes;
        for (std::string word; words >> word;) {
            std::replace(word.begin(), word.end(), ':', ' ');
            std::istringstream parts(word);
            Stage stage;
            parts >> stage.entry >> stage.threads >> stage.shared_bytes >> stage.rows_per_block;
            for (std::string more; parts >> more;) {
                if (more == "merge")
                    stage.merges = true;
                else if (more == "persistent")
                    stage.persistent = true;
                else if (more.compare(0, 7, "cluster") == 0)
                    stage.cluster_blocks = std::stoi(more.substr(7));
                else
                    stage.boxes.push_back(static_cast<std::uint32_t>(std::stoul(more)));
            }

            kernel.stages.push_back(stage);
        }

        const bool hopper = kernel.target == "sm90a";
        emulator_set("CUDA_EMULATOR_COMPUTE_CAPABILITY", hopper ? "9.0" : "8.0");
        open_context();
        const std::string source = read_file(folder + "/" + kernel.file);
        const Compiled compiled = compile(source, headers_of(source, folder), hopper ? "sm_90a" : "sm_80");
        tally().check(compiled.result == 0, kernel.file + " does not compile:\n" + compiled.log);
        if (compiled.result == 0) {
            void* module = nullptr;
            require(cuModuleLoadData(&module, compiled.image.data()), "cuModuleLoadData");
            for (const Stage& stage : kernel.stages) {
                void* function = nullptr;
                require(cuModuleGetFunction(&function, module, stage.entry.c_str()), "cuModuleGetFunction");
                if (stage.shared_bytes > 48 * 1024)
                    require(cuFuncSetAttribute(function, maximum_dynamic_shared_bytes, stage.shared_bytes), "cuFuncSetAttribute");
                kernel.functions.push_back(function);
            }

            double worst = 0;
            for (const Case& c : cases)
                // Target simt lets values of hidden keys through.
                if ((kernel.maximum_keys == 0 || c.keys <= kernel.maximum_keys) && (c.key_splits == 1 || kernel.stages.back().merges)
                    && (kernel.target != "simt" || (!c.poisoned && c.mask != Mask::padding)) && (kernel.stages[0].boxes.empty() || has_tensor_maps(c, kernel.head_dim)))
                    check(kernel, c, worst);
            std::printf("%s: worst error %.2e\n", kernel.file.c_str(), worst);
        }

        close_context();
    }
}

} // namespace selftest
