// What kernels are given.
#pragma once

#include "tensor.hpp"

namespace selftest {

struct MaskStrides {
    long long batch = 0, head = 0, query = 0, key = 0;
};

// KernelGen.Kernels.KernelArguments.
struct Arguments {
    std::uintptr_t query = 0, key = 0, value = 0, output = 0, mask = 0, map = 0, log_sum_exp = 0, scores = 0;
    Strides query_strides, key_strides, value_strides, output_strides;
    MaskStrides mask_strides;
    int heads = 0, key_value_heads = 0, queries = 0, keys = 0;
    int head_begin = 0, head_count = 0, row_begin = 0, row_count = 0;
    float scale = 0;
    int mask_kind = 0, causal = 0, key_splits = 0;
};

static_assert(sizeof(Arguments) == 240, "the structure that kernels take");

} // namespace selftest
