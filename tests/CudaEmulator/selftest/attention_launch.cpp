// Makes tensor maps, grids and workspaces for the slices of a problem, and launches them.
#include "attention_launch.hpp"
#include "hopper.hpp"

#include <algorithm>

namespace selftest {

namespace {

struct TensorMaps {
    alignas(64) unsigned char bytes[4][128];
};

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
            static_cast<std::uint64_t>(2 * strides.row), static_cast<std::uint64_t>(2 * strides.head),
            static_cast<std::uint64_t>(2 * strides.batch)};
        const std::uint32_t box[] = {stage.boxes[2 * i], stage.boxes[2 * i + 1], 1, 1}, ones[] = {1, 1, 1, 1};
        const int swizzle = box[0] == 64 ? 3 : box[0] == 32 ? 2 : 1;
        require(cuTensorMapEncodeTiled(maps.bytes[i], kernel.element == "f16"
            ? 6
            : 9, 4, addresses[of], dims, steps, box, ones, 0, swizzle, 2, 0), "cuTensorMapEncodeTiled");
    }

    return maps;
}

} // namespace

bool has_tensor_maps(const Case& c, int head_dim) { return (head_dim + c.row_padding) % 8 == 0; }

Result run(
    const Kernel& kernel, const Case& c, const Problem& p, int slice_rows, int slice_heads, unsigned persistent_blocks, bool masked,
    bool shares_rows)
{
    Result result;
    result.output = p.query;
    std::fill(result.output.bytes.begin(), result.output.bytes.end(), static_cast<unsigned char>(0x11));
    const int all_heads = c.batch * c.heads;
    result.log_sum_exp.assign(static_cast<std::size_t>(all_heads) * c.queries, 0.0f);
    Arguments a = p.arguments;
    const bool hides_nothing = masked && a.mask_kind == 0;
    if (hides_nothing) {
        a.mask_kind = 1;
        a.mask_strides = {};
    }

    const std::vector<void*>& functions = a.mask_kind != 0 ? kernel.masked_functions : kernel.functions;
    const int splits = shares_rows ? kernel.chunks(c.keys) : 1;
    const bool wants_map = kernel.family == "materialized";
    result.map.assign(wants_map ? static_cast<std::size_t>(all_heads) * c.queries * c.keys : 0, 7.0f);

    a.key_splits = splits;
    a.query = upload(p.query.bytes);
    a.key = upload(p.key.bytes);
    a.value = upload(p.value.bytes);
    a.output = upload(result.output.bytes);
    a.log_sum_exp = upload(result.log_sum_exp);
    a.map = wants_map ? upload(result.map) : 0;
    const std::vector<unsigned char> visible = {1};
    a.mask = a.mask_kind == 1 ? upload(hides_nothing ? visible : p.boolean) : a.mask_kind == 2 ? upload(p.additive) : 0;

    for (int head = 0; head < all_heads; head += slice_heads)
        // From the last slice to the first: what a slice writes past its own rows is not overwritten by who they belong to.
        for (int row = (c.queries - 1) / slice_rows * slice_rows; row >= 0; row -= slice_rows) {
            a.head_begin = head;
            a.head_count = std::min(slice_heads, all_heads - head);
            a.row_begin = row;
            a.row_count = std::min(slice_rows, c.queries - row);
            // Fresh for each slice, and exactly as large as the footprint says.
            const auto up = [](long long n, int tile) { return (n + tile - 1) / tile * tile; };
            const bool has_partials = kernel.family == "streaming" && kernel.chunks(c.keys) > 1;
            const long long row_bytes = has_partials ? 4ll * splits * (kernel.head_dim + 2)
                                                     : up(c.keys, kernel.tile_keys) / kernel.tile_keys
                                                         * (kernel.tile_keys * kernel.bytes_per_score + kernel.tile_row_bytes);
            const long long bytes = a.head_count * up(a.row_count, kernel.tile_rows) * row_bytes;
            if (bytes > 0)
                require(cuMemAlloc_v2(&a.scores, static_cast<std::size_t>(bytes)), "cuMemAlloc");

            for (std::size_t s = 0; s < kernel.stages.size(); s++) {
                const Stage& stage = kernel.stages[s];
                if (stage.merges && splits == 1)
                    continue;
                TensorMaps maps;
                if (!stage.boxes.empty())
                    maps = make_tensor_maps(kernel, c, p, a, stage);
                void* arguments[] = {&a, &maps};
                const int cluster_rows = stage.rows_per_block * stage.cluster_blocks;
                const unsigned tiles = static_cast<unsigned>(
                    (a.row_count + cluster_rows - 1) / cluster_rows * stage.cluster_blocks * (stage.merges ? 1 : splits));
                const unsigned heads = static_cast<unsigned>(a.head_count);
                const unsigned cluster_blocks = static_cast<unsigned>(stage.cluster_blocks);
                const unsigned walkers = std::max(persistent_blocks / cluster_blocks * cluster_blocks, cluster_blocks);
                const unsigned grid_x = stage.persistent ? std::min(tiles * heads, walkers) : tiles;
                const unsigned grid_y = stage.persistent ? 1 : std::min(c.grid_y, heads);
                require(cuLaunchKernel(functions[s], grid_x, grid_y, 1,
                            static_cast<unsigned>(stage.threads), 1, 1, static_cast<unsigned>(stage.shared_bytes), nullptr, arguments,
                            nullptr),
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

} // namespace selftest
