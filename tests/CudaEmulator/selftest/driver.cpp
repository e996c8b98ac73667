// The driver and NVRTC: sizes, refusals, images, injected faults, what is alive.
#include "gpu.hpp"

#include <cmath>

namespace selftest {

namespace {

const char* const simple_source = R"(
#include "kernelgen_primitives.cuh"
extern "C" __global__ void __launch_bounds__(2 * 32) fill(float* output, float value)
{
    kg_store(output + kg_thread(), value);
}
)";

constexpr int invalid_value = 1, out_of_memory = 2, invalid_context = 201, no_binary_for_gpu = 209, not_found = 500, out_of_resources = 701;

void test_memory()
{
    emulator_set("CUDA_EMULATOR_MEMORY", "1048576");
    open_context();
    std::size_t free_bytes = 0, total = 0;
    cuMemGetInfo_v2(&free_bytes, &total);
    tally().check(free_bytes == 1048576 && total == 1048576, "memory is as large as set");

    std::uintptr_t first = 0, second = 0;
    tally()
        .check(cuMemAlloc_v2(&first, 600000) == 0 && cuMemAlloc_v2(&second, 600000) == out_of_memory, "what does not fit is out of memory");
    tally().check(cuMemAlloc_v2(&second, 448512) == 0, "what fits is given");
    tally().check(cuMemFree_v2(first) == 0 && cuMemFree_v2(first) == invalid_value, "memory is given back once");
    tally().check(cuMemAlloc_v2(&first, 600000) == 0, "memory that was given back is there again");

    float value = 0;
    tally().check(cuMemcpyDtoH_v2(&value, first, sizeof value) == 0 && std::isnan(value), "fresh memory holds NaN");
    tally().check(cuMemcpyHtoD_v2(first + 599998, &value, sizeof value) == invalid_value, "a copy past the end is refused");
    tally().check(cuMemcpyDtoH_v2(&value, first + 599996, sizeof value) == 0, "a copy up to the end is not");

    tally().check(emulator_live_objects() == 3, "two allocations and the context are alive");
    close_context();
    tally().check(emulator_live_objects() == 0, "nothing outlives the context");
    tally().check(cuMemAlloc_v2(&first, 16) == invalid_context, "without a context there is no memory");
    emulator_set("CUDA_EMULATOR_MEMORY", "2147483648");
}

void test_images(const std::string& primitives)
{
    open_context();
    void* module = nullptr;
    const Compiled exact = compile(simple_source, primitives, "sm_80");
    const Compiled other = compile(simple_source, primitives, "sm_90a");
    const Compiled newer = compile(simple_source, primitives, "compute_90", true);
    const Compiled older = compile(simple_source, primitives, "compute_75", true);
    tally().check(cuModuleLoadData(&module, other.image.data()) == no_binary_for_gpu, "a CUBIN for another GPU is refused");
    tally().check(cuModuleLoadData(&module, newer.image.data()) != 0, "PTX for a newer GPU is refused");
    tally().check(cuModuleLoadData(&module, older.image.data()) == 0 && cuModuleUnload(module) == 0, "PTX for an older GPU loads");
    tally().check(cuModuleLoadData(&module, "not an image at all") == 200, "garbage is refused");
    tally().check(cuModuleLoadData(&module, exact.image.data()) == 0, "a CUBIN for this GPU loads");

    void* function = nullptr;
    tally().check(cuModuleGetFunction(&function, module, "absent") == not_found, "an unknown kernel is not found");
    require(cuModuleGetFunction(&function, module, "fill"), "cuModuleGetFunction");

    std::uintptr_t output = upload(std::vector<float>(64));
    float value = 2.5f;
    void* arguments[] = {&output, &value};
    const auto launch = [&](unsigned threads, unsigned shared_bytes) {
        return cuLaunchKernel(function, 1, 1, 1, threads, 1, 1, shared_bytes, nullptr, arguments, nullptr);
    };
    int blocks = 0;
    const auto resident = [&](int threads, std::size_t shared_bytes) {
        return cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, threads, shared_bytes) == 0 ? blocks : -1;
    };
    tally().check(resident(64, 0) == 4, "255 registers of two warps leave room for four blocks");
    tally().check(resident(65, 0) == -1 && resident(64, 48 * 1024 + 16) == 0, "what cannot be launched is not resident");
    emulator_set("CUDA_EMULATOR_REGISTERS", "32");
    tally()
        .check(resident(64, 0) == 32 && resident(64, 20 * 1024) == 7,
            "few registers leave the number of blocks, or shared memory, as the limit");
    emulator_set("CUDA_EMULATOR_REGISTERS", "0");
    tally().check(launch(65, 0) == out_of_resources, "launch bounds hold");
    tally().check(launch(64, 48 * 1024 + 16) == invalid_value, "more than 48 KiB of shared memory has to be asked for");
    tally().check(cuFuncSetAttribute(function, 8, 164 * 1024) == invalid_value, "more than the device has is refused");
    tally().check(cuFuncSetAttribute(function, 8, 100 * 1024) == 0 && launch(64, 100 * 1024) == 0, "what was asked for is there");

    std::vector<float> filled(64);
    require(cuMemcpyDtoH_v2(filled.data(), output, 256), "cuMemcpyDtoH");
    tally().check(filled[0] == 2.5f && filled[63] == 2.5f, "arguments arrive");
    close_context();
}

void test_compiler(const std::string& primitives)
{
    const Compiled faulty =
        compile("#include \"kernelgen_primitives.cuh\"\n\nextern \"C\" __global__ void broken() { undeclared(); }\n", primitives);
    tally()
        .check(faulty.result == 6 && faulty.log.find("kernel.cu:3") != std::string::npos, "a compile error names the line: " + faulty.log);
    tally().check(compile(simple_source, primitives, "sm_70").result == 5, "an architecture that NVRTC 13 dropped is refused");
}

void test_injected_faults()
{
    emulator_set("CUDA_EMULATOR_FAIL", "cuMemAlloc:2");
    open_context();
    std::uintptr_t address = 0;
    tally().check(cuMemAlloc_v2(&address, 16) == 0 && cuMemAlloc_v2(&address, 16) == out_of_memory && cuMemAlloc_v2(&address, 16) == 0,
        "the second call fails, and only that");
    emulator_set("CUDA_EMULATOR_FAIL", "cuCtxSynchronize:1:719");
    tally().check(cuCtxSynchronize() == 719 && cuCtxSynchronize() == 0, "a code can be named");
    emulator_set("CUDA_EMULATOR_FAIL", "");
    close_context();
    tally()
        .check(emulator_set("CUDA_EMULATOR_FAIL", "nonsense") == 0 && emulator_set("CUDA_EMULATOR_MEMORY", "much") == 0,
            "nonsense is refused");
    emulator_set("CUDA_EMULATOR_FAIL", "");
}

} // namespace

void test_driver(const std::string& primitives)
{
    test_memory();
    test_images(primitives);
    test_compiler(primitives);
    test_injected_faults();
}

} // namespace selftest
