// Each faulty kernel is caught, at the right place and for the right reason, whatever the order of threads; the faultless one is not.
#include "gpu.hpp"

#include <cmath>

namespace selftest {

namespace {

constexpr int threads = 64;

struct Expectation {
    const char* kernel;
    int code;
    const char* reason; // part of the message
};

constexpr int illegal_address = 700;
constexpr int misaligned_address = 716;
constexpr int launch_failed = 719;

const Expectation expectations[] = {
    {"missing_barrier", illegal_address, "shared load of 4 bytes"},
    {"missing_second_barrier", illegal_address, "no barrier is between the two"},
    {"store_past_the_end", illegal_address, "global store of 4 bytes"},
    {"load_before_the_begin", illegal_address, "4 bytes before an allocation of 256 bytes"},
    {"misaligned_quad", misaligned_address, "thread 5, "},
    {"load_of_unwritten_memory", illegal_address, "nobody has written that memory"},
    {"load_of_unwritten_shared_memory", illegal_address, "thread 7, "},
    {"past_shared_memory", illegal_address, "outside the block's 256 bytes of shared memory"},
    {"leaves_before_a_barrier", launch_failed, "1 of 64 threads have left the kernel"},
    {"divergent_barriers", launch_failed, "waits at a barrier for ever"},
    {"divergent_shuffle", launch_failed, "waits at a shuffle for ever"},
    {"read_before_the_copy_landed", illegal_address, "has not waited for its asynchronous copy"},
    {"waits_for_too_few_groups", illegal_address, "has not waited for its asynchronous copy"},
    {"no_barrier_after_the_copy", illegal_address, "shared load of 4 bytes"},
    {"copies_over_what_is_read", illegal_address, "asynchronous copy"},
    {"copies_from_a_misaligned_address", misaligned_address, "not a multiple of 16"},
    {"loads_misaligned_matrices", misaligned_address, "not a multiple of 16"},
    {"product_without_a_lane", launch_failed, "waits at a warp operation for ever"},
};

// The code that the launch leaves; the message that goes with it.
int run(const std::string& image, const char* kernel, std::string& message, std::vector<float>* output = nullptr, unsigned blocks = 1)
{
    open_context();
    void* module = nullptr;
    void* function = nullptr;
    require(cuModuleLoadData(&module, image.data()), "cuModuleLoadData");
    require(cuModuleGetFunction(&function, module, kernel), "cuModuleGetFunction");

    std::vector<float> input(threads);
    for (int i = 0; i < threads; i++)
        input[i] = static_cast<float>(i);
    std::uintptr_t from = upload(input), to = 0;
    require(cuMemAlloc_v2(&to, blocks * threads * sizeof(float)), "cuMemAlloc");
    void* arguments[] = {&from, &to};
    require(cuLaunchKernel(function, blocks, 1, 1, threads, 1, 1, threads * sizeof(float), nullptr, arguments, nullptr), "cuLaunchKernel");
    const int code = cuCtxSynchronize();
    const char* text = "";
    cuGetErrorString(code, &text);
    message = text;
    if (code == 0 && output != nullptr) {
        output->resize(blocks * threads);
        require(cuMemcpyDtoH_v2(output->data(), to, output->size() * sizeof(float)), "cuMemcpyDtoH");
    }

    if (code != 0)
        tally().check(cuMemFree_v2(to) == code, std::string(kernel) + ": the fault must stay until the context goes");
    close_context();
    return code;
}

} // namespace

void test_faults(const std::string& primitives, const std::string& kernels)
{
    const Compiled compiled = compile(read_file(kernels + "/faults.cu"), primitives);
    tally().check(compiled.result == 0, "faults.cu does not compile:\n" + compiled.log);
    if (compiled.result != 0)
        return;

    std::string message;
    for (const char* seed : {"1", "2", "3", "4711"}) {
        emulator_set("CUDA_EMULATOR_SEED", seed);
        for (const Expectation& expected : expectations) {
            const int code = run(compiled.image, expected.kernel, message);
            tally()
                .check(code == expected.code && message.find(expected.reason) != std::string::npos
                    && message.find(expected.kernel) != std::string::npos,
                std::string(expected.kernel) + ", seed " + seed + ": " + std::to_string(code) + ", " + message);
        }

        std::vector<float> output;
        const int code = run(compiled.image, "faultless", message, &output, 3);
        tally().check(code == 0, std::string("faultless, seed ") + seed + ": " + message);
        bool right = output.size() == 3 * threads;
        for (std::size_t i = 0; right && i < output.size(); i++) {
            // The warp's threads hold the numbers 1...32, or 33...63 and 0.
            const float expected = i % threads < 32 ? 32 * 33 / 2 : 63 * 64 / 2 - 32 * 33 / 2;
            right = output[i] == expected;
        }

        tally().check(right, std::string("faultless computes something else, seed ") + seed);
    }

    emulator_set("CUDA_EMULATOR_SEED", "1");
}

} // namespace selftest
