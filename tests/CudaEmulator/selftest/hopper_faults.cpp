// Each faulty kernel of compute capability 9.0 is caught for the right reason, whatever the order of threads and the landing of copies.
#include "hopper.hpp"

#include <cmath>

namespace selftest {

namespace {

struct Expectation {
    const char* kernel;
    int code;
    const char* reason;
};

constexpr int illegal_address = 700;
constexpr int misaligned_address = 716;
constexpr int launch_failed = 719;

const Expectation expectations[] = {
    {"product_without_a_fence", launch_failed, "no wgmma.fence"},
    {"registers_after_the_fence", launch_failed, "no wgmma.fence"},
    {"product_before_the_copy_landed", launch_failed, "wgmma: "},
    {"one_warp_waited", launch_failed, "wgmma: "},
    {"accumulators_changed_too_early", launch_failed, "accumulators were changed"},
    {"never_waited", launch_failed, "not waited for"},
    {"overwritten_while_read", illegal_address, "still reads offset"},
    {"overwritten_without_an_arrival", illegal_address, "nothing since then orders the two"},
    {"stores_without_a_proxy_fence", launch_failed, "no fence of the asynchronous proxy"},
    {"proxy_fence_after_the_barrier", launch_failed, "no fence of the asynchronous proxy"},
    {"nothing_expected", 0, ""},
    {"too_much_expected", launch_failed, "lacks 0 arrivals and 64 bytes"},
    {"too_little_expected", launch_failed, "bytes"},
    {"too_many_arrivals", launch_failed, "1 arrivals at the mbarrier at shared offset 8192, which waits for 0"},
    {"too_few_arrivals", launch_failed, "lacks 1 arrivals and 0 bytes"},
    {"arrives_twice_without_a_wait", launch_failed, "nobody has seen the end of"},
    {"question_to_no_mbarrier", launch_failed, "there is no mbarrier at shared offset 8200"},
    {"number_of_a_lane", launch_failed, "lane 31 has another one than lane 0"},
    {"mbarrier_not_fenced", launch_failed, "was not fenced for asynchronous copies"},
    {"mbarrier_as_memory", illegal_address, "an mbarrier lies at offset"},
    {"leaves_before_the_copy_landed", launch_failed, "the block ends while"},
    {"misplaced_box", misaligned_address, "is not a multiple of 1024"},
    {"misplaced_matrix", launch_failed, "no base offset that says so"},
    {"part_of_a_panel", launch_failed, "do not fill panels of 64"},
    {"half_a_warpgroup", launch_failed, "waits at an operation of its warpgroup for ever"},
    {"named_barrier_of_two_sizes", launch_failed, "named barrier 2 for"},
    {"named_barrier_without_the_others", launch_failed, "waits at a named barrier for ever"},
    {"odd_registers", launch_failed, "not 24...256 in steps of 8"},
    {"takes_fewer_registers", launch_failed, "setmaxnreg.inc to 200 of 256"},
    {"registers_of_half_a_warpgroup", launch_failed, "waits at an operation of its warpgroup for ever"},
    {"registers_without_a_bound", launch_failed, "launch bounds name no number of blocks"},
    {"registers_that_nobody_gives", launch_failed, "waits at setmaxnreg for ever"},
    {"bulk_copy_of_half_a_line", misaligned_address, "multiples of 16"},
    {"bulk_copy_past_the_end", illegal_address, "tensor copy from global memory"},
    {"bulk_copy_read_before_it_landed", illegal_address, "has not waited for its asynchronous copy"},
    {"changed_before_the_store_read_it", illegal_address, "still reads offset"},
};

int run(void* module, const char* kernel, const std::vector<std::uint16_t>& matrix, std::string& message, std::vector<float>& output)
{
    alignas(64) unsigned char map[128];
    std::uintptr_t tensor = upload(matrix), target = 0;
    output.assign(64 * 64, 0.0f);
    require(cuMemAlloc_v2(&target, 4 * output.size()), "cuMemAlloc");
    const std::uint64_t dims[] = {64, 64}, strides[] = {128};
    const std::uint32_t box[] = {64, 64}, steps[] = {1, 1};
    require(cuTensorMapEncodeTiled(map, 6, 2, tensor, dims, strides, box, steps, 0, 3, 0, 0), "cuTensorMapEncodeTiled");
    void* pointers[] = {map, &target};
    require(cuLaunchKernel(function_of(module, kernel, 48 * 1024), 1, 1, 1, 128, 1, 1, 64 * 64 * 2 + 1024, nullptr, pointers, nullptr),
        kernel);
    const int code = cuCtxSynchronize();
    const char* text = "";
    cuGetErrorString(code, &text);
    message = text;
    if (code == 0)
        require(cuMemcpyDtoH_v2(output.data(), target, 4 * output.size()), "cuMemcpyDtoH");
    return code;
}

} // namespace

void test_hopper_faults(const Headers& headers, const std::string& kernels)
{
    const Compiled compiled = compile(read_file(kernels + "/hopper_faults.cu"), headers, "sm_90a");
    tally().check(compiled.result == 0, "hopper_faults.cu does not compile:\n" + compiled.log);
    if (compiled.result != 0)
        return;

    std::vector<std::uint16_t> matrix(64 * 64);
    for (std::size_t i = 0; i < matrix.size(); i++)
        matrix[i] = static_cast<std::uint16_t>(0x3c00 + i * 37 % 512);
    std::string message;
    std::vector<float> output;
    const auto with_context = [&](const char* kernel) {
        open_context();
        void* module = nullptr;
        require(cuModuleLoadData(&module, compiled.image.data()), "cuModuleLoadData");
        const int code = run(module, kernel, matrix, message, output);
        close_context();
        return code;
    };
    for (const char* seed : {"1", "2", "3", "4711"}) {
        emulator_set("CUDA_EMULATOR_SEED", seed);
        for (const Expectation& expected : expectations) {
            const int code = with_context(expected.kernel);
            // What happens to a copy that nobody expects is chance: it is caught where it is seen.
            const bool right = expected.code == 0 ? code != 0 : code == expected.code && message.find(expected.reason) != std::string::npos;
            tally().check(right, std::string(expected.kernel) + ", seed " + seed + ": " + std::to_string(code) + ", " + message);
        }

        tally().check(with_context("faultless") == 0, std::string("faultless of 9.0, seed ") + seed + ": " + message);
        int wrong = 0;
        for (int row = 0; row < 64; row++)
            for (int column = 0; column < 64; column++) {
                double expected = 0;
                for (int k = 0; k < 16; k++)
                    expected += decode(matrix[row * 64 + k], 5, 10) * decode(matrix[column * 64 + k], 5, 10);
                const int thread = row / 16 * 32 + row % 8 * 4 + column % 8 / 2, i = column / 8 * 4 + row % 16 / 8 * 2 + column % 2;
                wrong += !(std::fabs(output[i * 128 + thread] - expected) < 1e-4);
            }

        tally().check(wrong == 0, std::string("faultless of 9.0, seed ") + seed + ": " + std::to_string(wrong) + " wrong");
    }

    emulator_set("CUDA_EMULATOR_SEED", "1");
}

} // namespace selftest
