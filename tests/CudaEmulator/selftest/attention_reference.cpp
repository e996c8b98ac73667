// Makes the tensors of a case, and computes their attention in float64.
#include "attention_reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace selftest {

namespace {

Tensor make_tensor(const std::string& element, const Case& c, int heads, int rows, int dims)
{
    Tensor tensor;
    tensor.element = element;
    const long long row = dims + c.row_padding;
    tensor.strides = c.rows_before_heads ? Strides{row * heads * rows, row, row * heads} : Strides{row * heads * rows, row * rows, row};
    // Ends with the last row's last element: what lies behind it is not the kernel's.
    const long long count =
        rows == 0 ? 0 : (c.batch - 1) * tensor.strides.batch + (heads - 1) * tensor.strides.head + (rows - 1) * tensor.strides.row + dims;
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

// Whether query i sees key j, and what the mask adds to their score.
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

// The mask of a case; a padding mask also puts nonsense behind it.
void add_mask(Problem& p, const Kernel& kernel, const Case& c, std::mt19937& random)
{
    Arguments& a = p.arguments;
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
                    p.value.set(
                        h * p.value.strides.head + j * p.value.strides.row + d, d % 3 == 0 ? NAN : d % 3 == 1 ? INFINITY : -INFINITY);
                }
        }
    }
}

} // namespace

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
    add_mask(p, kernel, c, random);
    if (c.poisoned) {
        p.value.set(5 * p.value.strides.row + 1, INFINITY);
        p.value.set(30 * p.value.strides.row + 2, -INFINITY);
        p.value.set(66 * p.value.strides.row + kernel.head_dim - 1, NAN);
    }

    p.query_values = p.query.values();
    p.key_values = p.key.values();
    p.value_values = p.value.values();
    return p;
}

void reference_row(const Kernel& kernel, const Case& c, const Problem& p, int b, int h, int i, std::vector<double>& out,
    std::vector<double>& probabilities, double& lse)
{
    const int kh = h / (c.heads / c.key_value_heads);
    out.assign(kernel.head_dim, 0.0);
    probabilities.assign(c.keys, 0.0);
    std::vector<double> scores(c.keys, -INFINITY);
    double peak = -INFINITY;
    const float* query = p.query_values.data() + b * p.query.strides.batch + h * p.query.strides.head + i * p.query.strides.row;
    for (int j = 0; j < c.keys; j++) {
        double bias = 0;
        if (!visible(c, p, b, h, i, j, bias))
            continue;
        double dot = 0;
        const float* key = p.key_values.data() + b * p.key.strides.batch + kh * p.key.strides.head + j * p.key.strides.row;
        for (int d = 0; d < kernel.head_dim; d++)
            dot += static_cast<double>(query[d]) * key[d];
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
        const float* value = p.value_values.data() + b * p.value.strides.batch + kh * p.value.strides.head + j * p.value.strides.row;
        for (int d = 0; d < kernel.head_dim; d++)
            out[d] += probabilities[j] * value[d];
    }
}

} // namespace selftest
