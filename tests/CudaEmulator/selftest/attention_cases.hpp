// The problems that attention kernels are tested on.
#pragma once

#include <vector>

namespace selftest {

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
};

const std::vector<Case>& attention_cases();

} // namespace selftest
