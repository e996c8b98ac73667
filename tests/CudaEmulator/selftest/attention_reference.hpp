// Attention in float64, and the tensors that it is computed from.
#pragma once

#include "arguments.hpp"
#include "attention_cases.hpp"
#include "attention_kernels.hpp"

#include <vector>

namespace selftest {

struct Problem {
    Tensor query, key, value;
    std::vector<float> query_values, key_values, value_values; // the same, decoded once: the reference reads each many times
    std::vector<unsigned char> boolean;
    std::vector<float> additive;
    Arguments arguments;
};

// Random tensors, and the mask of a case.
Problem make_problem(const Kernel& kernel, const Case& c);

// softmax(Q K^T scale + mask) V of one row, in float64; also the row's probabilities and log-sum-exp.
void reference_row(const Kernel& kernel, const Case& c, const Problem& p, int b, int h, int i, std::vector<double>& out,
    std::vector<double>& probabilities, double& lse);

} // namespace selftest
