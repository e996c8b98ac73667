// Generated attention kernels. Their folder holds the generator's text and a manifest, one line a kernel:
// file family target element head_dim tile_rows tile_keys maximum_keys (0: any number) bytes_per_score tile_row_bytes
// entry:threads:shared_bytes:rows_per_block[:merge][:persistent][:cluster<blocks>] ...
// A stage that takes tensor maps goes on with :dims:rows of the boxes of Q, K and V, and of the output where it is written by tensor
// copies.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace selftest {

struct Stage {
    std::string entry;
    int threads = 0, shared_bytes = 0, rows_per_block = 0;
    bool merges = false; // partial results of blocks that share rows; launched only then
    bool persistent = false; // blocks walk over the tiles of all heads, however many blocks there are
    int cluster_blocks = 1; // along the rows
    std::vector<std::uint32_t> boxes; // dims and rows of Q, K, V and the output, of the first three, or nothing
};

struct Kernel {
    std::string file, family, target, element;
    int head_dim = 0, tile_rows = 0, tile_keys = 0, maximum_keys = 0;
    int bytes_per_score = 0, tile_row_bytes = 0; // of the workspace
    // Keys that are added up in one chain, 0 where the kernel takes no more anyway. The generator's 4096 would take long here: the text
    // that is loaded has the fewest whole tiles, at least two of them, that the kernel has room for, so that short problems have several
    // chunks.
    int chunk_keys = 0;
    std::vector<Stage> stages;
    std::vector<void*> functions;        // of calls without a Boolean or additive mask
    std::vector<void*> masked_functions; // of any call

    int chunks(int keys) const { return chunk_keys == 0 || keys <= chunk_keys ? 1 : (keys + chunk_keys - 1) / chunk_keys; }
};

// The kernels of a folder's manifest, not yet loaded.
std::vector<Kernel> read_manifest(const std::string& folder);

// Compiles a kernel for its target, without and with general masks, and loads both into the open context; false, and a failed check, when
// it does not compile.
bool load(Kernel& kernel, const std::string& folder);

} // namespace selftest
