// Checks generated attention kernels against a reference in float64: attention_cases has the problems, attention_reference what is right,
// attention_launch the launches, attention_kernels the manifest.
#include "attention_launch.hpp"
#include "gpu.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace selftest {

namespace {

// What must not change a bit, besides what the reference is compared with. Each case tries one of these, the next case the next one, and
// which one is first follows from the kernel's name, so that every kernel tries each with a third of the cases, and every case is tried
// with each by some kernels.
enum class Other { one_slice, slices_of_19_rows, order_of_threads };

void check(const Kernel& kernel, const Case& c, Other other, const char* seed, double& worst)
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
    // An eighth of the powers of two of these are polynomials; a row's sum may be as far off as they are.
    const bool polynomial = kernel.target == "sm90a" && kernel.family == "streaming" && kernel.element != "f32" && kernel.maximum_keys == 0
        && kernel.head_dim <= 64;
    const double lse_bound = polynomial ? 1.02e-4 : 2e-6;
    const double relative = norm > 0 ? std::sqrt(error / norm) : std::sqrt(error);
    worst = std::max(worst, relative);
    char text[160];
    std::snprintf(text, sizeof text, ": error %.2e, log-sum-exp %.2e, map %.2e", relative, lse_error, map_error);
    tally().check(relative <= bound && lse_error <= lse_bound && map_error <= 2e-6 && zero_rows && as_expected, name + text);

    // The numbers of blocks that walk over the tiles differ as well. One slice is computed by the kernel that takes masks: where there
    // is none, with one that hides nothing.
    if (other == Other::one_slice) {
        const Result whole = run(kernel, c, p, 100000, 100000, 1, true);
        tally()
            .check(whole.output.bytes == sliced.output.bytes
                && std::memcmp(whole.log_sum_exp.data(), sliced.log_sum_exp.data(), 4 * whole.log_sum_exp.size()) == 0,
            name + ": other bits in one slice");
    } else {
        const bool odd = other == Other::slices_of_19_rows;
        emulator_set("CUDA_EMULATOR_SEED", seed);
        const Result result = odd ? run(kernel, c, p, 19, 1, 1000) : run(kernel, c, p, c.slice_rows, c.slice_heads, 3);
        emulator_set("CUDA_EMULATOR_SEED", "1");
        const std::string how = odd ? " in slices of 19 rows" : std::string(" with seed ") + seed;
        tally().check(result.output.bytes == sliced.output.bytes, name + ": other bits" + how);
        tally().check(result.map == sliced.map, name + ": another map" + how);
    }

    // Blocks that share rows fold the same results in the same order.
    if (kernel.stages.back().merges && kernel.chunks(c.keys) > 1) {
        const Result shared = run(kernel, c, p, c.slice_rows, c.slice_heads, 5, false, true);
        tally()
            .check(shared.output.bytes == sliced.output.bytes
                && std::memcmp(shared.log_sum_exp.data(), sliced.log_sum_exp.data(), 4 * shared.log_sum_exp.size()) == 0,
            name + ": other bits where blocks share rows");
    }
}

// Whether a kernel can compute a case.
bool takes(const Kernel& kernel, const Case& c)
{
    if (kernel.maximum_keys > 0 && c.keys > kernel.maximum_keys)
        return false;

    // Target simt lets values of hidden keys through.
    if (kernel.target == "simt" && (c.poisoned || c.mask == Mask::padding))
        return false;
    return kernel.stages[0].boxes.empty() || has_tensor_maps(c, kernel.head_dim);
}

} // namespace

void test_attention(const std::string& folder)
{
    const char* const seeds[] = {"2", "3", "5", "77"};
    const Other others[] = {Other::one_slice, Other::slices_of_19_rows, Other::order_of_threads};
    std::vector<Kernel> kernels = read_manifest(folder);
    for (Kernel& kernel : kernels) {
        emulator_set("CUDA_EMULATOR_COMPUTE_CAPABILITY", kernel.target == "sm90a" ? "9.0" : "8.0");
        open_context();
        if (load(kernel, folder)) {
            double worst = 0;
            unsigned turn = std::accumulate(kernel.file.begin(), kernel.file.end(), 0u);
            for (const Case& c : attention_cases()) {
                if (takes(kernel, c))
                    check(kernel, c, others[turn % 3], seeds[turn % 4], worst);
                turn++;
            }

            std::printf("%s: worst error %.2e\n", kernel.file.c_str(), worst);
        }

        close_context();
    }
}

} // namespace selftest
