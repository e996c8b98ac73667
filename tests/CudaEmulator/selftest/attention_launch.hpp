// Launches of attention kernels, slice by slice, as the host makes them.
#pragma once

#include "attention_reference.hpp"

namespace selftest {

struct Result {
    Tensor output;
    std::vector<float> log_sum_exp, map;
};

// Tensors that tensor copies cannot take are for other targets.
bool has_tensor_maps(const Case& c, int head_dim);

// Runs a loaded kernel on a problem, in slices of so many rows and heads; a persistent kernel in at most so many blocks. `masked` gives a
// problem without a mask one that hides nothing. Blocks that share rows take a chunk of their keys each, others all of them.
Result run(
    const Kernel& kernel, const Case& c, const Problem& p, int slice_rows, int slice_heads, unsigned persistent_blocks, bool masked = false,
    bool shares_rows = false);

} // namespace selftest
