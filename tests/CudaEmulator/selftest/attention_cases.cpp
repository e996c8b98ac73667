// The list of problems: sizes, layouts, masks and slices that kernels go wrong at. Most have several chunks of keys: see
// Kernel::chunk_keys.
#include "attention_cases.hpp"

namespace selftest {

const std::vector<Case>& attention_cases()
{
    static const std::vector<Case> cases = {
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
        {"one query", 1, 2, 2, 1, 300, false, Mask::none, false, 0, 1000, 1000, 65535},
        {"ragged, slices", 2, 2, 2, 70, 331, false, Mask::none, true, 1, 33, 3, 65535},
        {"causal, several tiles", 1, 2, 1, 150, 150, true, Mask::none, false, 0, 41, 1, 65535},
        {"causal, few queries", 1, 1, 1, 70, 200, true, Mask::none, false, 0, 1000, 1000, 65535},
        {"boolean mask, several tiles", 2, 2, 2, 40, 190, false, Mask::boolean, false, 0, 1000, 1000, 65535},
        {"additive mask, causal, several tiles", 1, 2, 2, 140, 140, true, Mask::additive, false, 0, 50, 1000, 65535},
        {"hidden rows, several tiles", 1, 1, 1, 70, 190, false, Mask::row_hidden, false, 0, 1000, 1000, 65535},
        {"grouped heads, folded grid, several tiles", 2, 6, 2, 20, 170, false, Mask::none, false, 0, 1000, 1000, 2},
        {"scores that rise, slices", 1, 1, 1, 20, 200, false, Mask::rising, false, 0, 1000, 1000, 65535},
        {"a padding mask, several tiles", 1, 2, 1, 40, 250, false, Mask::padding, false, 0, 1000, 1000, 65535},
        {"values that are no numbers, causal, several tiles", 1, 2, 1, 90, 90, true, Mask::none, false, 1, 1000, 1000, 65535, 0, true},
        {"causal, many tiles of rows and keys", 1, 2, 2, 450, 450, true, Mask::none, false, 0, 1000, 1000, 65535},
        {"many tiles of one key tile each", 2, 3, 3, 500, 30, false, Mask::none, true, 0, 1000, 1000, 65535},
        {"a padding mask over several chunks of wide rows", 1, 1, 1, 20, 1300, false, Mask::padding, false, 0, 1000, 1000, 65535},
        {"no scale", 1, 1, 1, 20, 70, false, Mask::boolean, false, 0, 1000, 1000, 65535, 1e-45f},
    };
    return cases;
}

} // namespace selftest
