// libcuda: modules, functions, launches, streams, events.
#include "driver_state.hpp"
#include "settings.hpp"

#include <algorithm>
#include <dlfcn.h>

using namespace emulator;

namespace {

constexpr int most_cluster_blocks = 8; // that every GPU with clusters takes

CUresult refuse(CUresult code, const std::string& reason)
{
    driver().details = reason;
    return code;
}

CUresult launch_kernel(const char* name, Function* function, const Geometry& geometry, void** arguments)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(name))
        return result;
    if (driver().functions.count(function) == 0)
        return CUDA_ERROR_INVALID_HANDLE;

    const std::string kernel = "kernel " + function->name + ": ";
    if (geometry.grid_x == 0 || geometry.grid_y == 0 || geometry.grid_z == 0 || geometry.block_x == 0 || geometry.block_y == 0
        || geometry.block_z == 0)
        return refuse(CUDA_ERROR_INVALID_VALUE, kernel + "the grid or the block is empty");
    if (geometry.grid_x > 2147483647u || geometry.grid_y > 65535u || geometry.grid_z > 65535u)
        return refuse(CUDA_ERROR_INVALID_VALUE, kernel + "the grid is larger than 2147483647 x 65535 x 65535");
    if (geometry.block_x > 1024u)
        return refuse(CUDA_ERROR_INVALID_VALUE, kernel + "a block has at most 1024 threads");
    if (geometry.block_y != 1 || geometry.block_z != 1 || geometry.grid_z != 1)
        return refuse(CUDA_ERROR_NOT_SUPPORTED, kernel + "the emulator knows blocks of one axis and grids of two");
    if (static_cast<int>(geometry.block_x) > function->most_threads)
        return refuse(
            CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, kernel + "its launch bounds allow " + std::to_string(function->most_threads) + " threads");
    if (geometry.shared_bytes > static_cast<std::size_t>(function->dynamic_shared_bytes))
        return refuse(CUDA_ERROR_INVALID_VALUE,
            kernel + std::to_string(geometry.shared_bytes) + " bytes of shared memory, of which it may have "
                + std::to_string(function->dynamic_shared_bytes));

    if (function->cluster_blocks == 0 || (function->cluster_blocks > 1 && geometry.block_x % 128 != 0))
        return refuse(CUDA_ERROR_NOT_SUPPORTED, kernel + "the emulator knows clusters along x, of blocks of whole warpgroups");
    if (function->cluster_blocks > most_cluster_blocks || geometry.grid_x % static_cast<unsigned>(function->cluster_blocks) != 0)
        return refuse(CUDA_ERROR_INVALID_CLUSTER_SIZE,
            kernel + "clusters of " + std::to_string(function->cluster_blocks) + " blocks, at most 8, in a grid of "
                + std::to_string(geometry.grid_x) + " along x");

    // As on a GPU the launch itself succeeds; whoever waits for it learns of the fault, and so does every call after that.
    Geometry bounded = geometry;
    bounded.threads_of_bounds = function->most_threads;
    bounded.blocks_of_bounds = function->least_blocks;
    bounded.cluster_blocks = function->cluster_blocks;
    const Fault fault = run(function->name, function->entry, arguments, bounded);
    if (fault.kind != FaultKind::none) {
        driver().sticky = fault.kind == FaultKind::illegal_address ? CUDA_ERROR_ILLEGAL_ADDRESS
            : fault.kind == FaultKind::misaligned_address ? CUDA_ERROR_MISALIGNED_ADDRESS
            : CUDA_ERROR_LAUNCH_FAILED;
        driver().details = fault.message;
    }

    return CUDA_SUCCESS;
}

constexpr int processor_registers = 65536, most_registers = 255, register_unit = 256, quarters = 4;

int round_up(int number, int unit) { return (number + unit - 1) / unit * unit; }

// What a compiler may make of a kernel: as many registers of a thread as its launch bounds leave, or those of the settings.
int registers_of(const Function& function)
{
    const int warps = round_up(function.most_threads, 32) / 32 * std::max(function.least_blocks, 1);
    const int bound = std::min(most_registers, processor_registers / (register_unit * round_up(warps, quarters)) * register_unit / 32);
    return settings().registers > 0 ? std::min(settings().registers, bound) : bound;
}

int resident_blocks(const Function& function, int threads, int shared_bytes)
{
    const Limits limit = limits();
    const int warps = round_up(threads, 32) / 32;
    const int by_registers = processor_registers / round_up(32 * registers_of(function), register_unit) / quarters * quarters / warps;
    const int shared = round_up(shared_bytes + limit.reserved_shared_bytes, 128);
    const int by_shared = shared == 0 ? limit.blocks_of_processor : limit.shared_bytes_of_processor / shared;
    return std::min({limit.warps_of_processor / warps, limit.blocks_of_processor, by_registers, by_shared});
}

template <typename T>
CUresult create(const char* function, std::set<T*>& all, T** created)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(function))
        return result;
    *created = new T();
    all.insert(*created);
    return CUDA_SUCCESS;
}

template <typename T>
CUresult destroy(const char* function, std::set<T*>& all, T* object)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(function))
        return result;
    if (all.erase(object) == 0)
        return CUDA_ERROR_INVALID_HANDLE;
    delete object;
    return CUDA_SUCCESS;
}

// Null and the two small numbers that cuda.h gives the default streams are streams as well.
CUresult check_stream(const char* function, Stream* stream)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(function))
        return result;
    return reinterpret_cast<std::uintptr_t>(stream) <= 2 || driver().streams.count(stream) != 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

} // namespace

extern "C" {

CUresult cuModuleLoadData(Module** module, const void* image)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuModuleLoadData"))
        return result;
    return load_module(image, module);
}

CUresult cuModuleLoadDataEx(Module** module, const void* image, unsigned, int*, void**)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuModuleLoadDataEx"))
        return result;
    return load_module(image, module);
}

CUresult cuModuleUnload(Module* module)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuModuleUnload"))
        return result;
    if (driver().modules.count(module) == 0)
        return CUDA_ERROR_INVALID_HANDLE;
    unload_module(module);
    return CUDA_SUCCESS;
}

CUresult cuModuleGetFunction(Function** function, Module* module, const char* name)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuModuleGetFunction"))
        return result;
    if (driver().modules.count(module) == 0)
        return CUDA_ERROR_INVALID_HANDLE;

    const std::string symbol = name;
    const auto entry = reinterpret_cast<void (*)(void**)>(dlsym(module->library, (symbol + "__emulated").c_str()));
    const auto threads = reinterpret_cast<int (*)()>(dlsym(module->library, (symbol + "__threads").c_str()));
    const auto blocks = reinterpret_cast<int (*)()>(dlsym(module->library, (symbol + "__blocks").c_str()));
    const auto cluster = reinterpret_cast<int (*)()>(dlsym(module->library, (symbol + "__cluster").c_str()));
    if (entry == nullptr || threads == nullptr || blocks == nullptr || cluster == nullptr)
        return CUDA_ERROR_NOT_FOUND;

    module->functions.push_back(std::make_unique<Function>());
    Function* created = module->functions.back().get();
    created->module = module;
    created->name = symbol;
    created->entry = entry;
    created->most_threads = threads();
    created->least_blocks = blocks();
    created->cluster_blocks = cluster();
    driver().functions.insert(created);
    *function = created;
    return CUDA_SUCCESS;
}

// CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK = 0, MAX_DYNAMIC_SHARED_SIZE_BYTES = 8; sizes that the emulator does not know are 0.
CUresult cuFuncGetAttribute(int* value, int attribute, Function* function)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuFuncGetAttribute"))
        return result;
    if (driver().functions.count(function) == 0)
        return CUDA_ERROR_INVALID_HANDLE;
    *value = attribute == 0 ? function->most_threads : attribute == 8 ? function->dynamic_shared_bytes : 0;
    return CUDA_SUCCESS;
}

CUresult cuFuncSetAttribute(Function* function, int attribute, int value)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuFuncSetAttribute"))
        return result;
    if (driver().functions.count(function) == 0)
        return CUDA_ERROR_INVALID_HANDLE;
    if (attribute != 8)
        return CUDA_SUCCESS;
    if (value < 0 || value > limits().most_shared_bytes)
        return CUDA_ERROR_INVALID_VALUE;
    function->dynamic_shared_bytes = value;
    return CUDA_SUCCESS;
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, Function* function, int threads, std::size_t dynamic_shared_bytes)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuOccupancyMaxActiveBlocksPerMultiprocessor"))
        return result;
    if (driver().functions.count(function) == 0)
        return CUDA_ERROR_INVALID_HANDLE;
    if (threads <= 0 || threads > function->most_threads)
        return CUDA_ERROR_INVALID_VALUE;
    *blocks = dynamic_shared_bytes > static_cast<std::size_t>(function->dynamic_shared_bytes)
        ? 0
        : resident_blocks(*function, threads, static_cast<int>(dynamic_shared_bytes));
    return CUDA_SUCCESS;
}

CUresult cuLaunchKernel(
    Function* function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,
    unsigned shared_bytes, Stream*, void** arguments, void**)
{
    return launch_kernel("cuLaunchKernel", function, Geometry{grid_x, grid_y, grid_z, block_x, block_y, block_z, shared_bytes}, arguments);
}

// CUlaunchConfig; its attributes are for launches that the emulator does not know. A cluster is what the kernel says at compile time.
struct LaunchConfig {
    unsigned grid_x, grid_y, grid_z, block_x, block_y, block_z, shared_bytes;
    Stream* stream;
    const void* attributes;
    unsigned attribute_count;
};

CUresult cuLaunchKernelEx(const LaunchConfig* config, Function* function, void** arguments, void**)
{
    const Geometry geometry{
        config->grid_x, config->grid_y, config->grid_z, config->block_x, config->block_y, config->block_z, config->shared_bytes};
    return config->attribute_count == 0 ? launch_kernel("cuLaunchKernelEx", function, geometry, arguments) : CUDA_ERROR_NOT_SUPPORTED;
}

CUresult cuStreamCreate(Stream** stream, unsigned) { return create("cuStreamCreate", driver().streams, stream); }
CUresult cuStreamCreateWithPriority(
    Stream** stream, unsigned, int) { return create("cuStreamCreateWithPriority", driver().streams, stream); }
CUresult cuStreamDestroy_v2(Stream* stream) { return destroy("cuStreamDestroy", driver().streams, stream); }
CUresult cuStreamSynchronize(Stream* stream) { return check_stream("cuStreamSynchronize", stream); }
CUresult cuStreamQuery(Stream* stream) { return check_stream("cuStreamQuery", stream); }
CUresult cuStreamWaitEvent(Stream* stream, Event*, unsigned) { return check_stream("cuStreamWaitEvent", stream); }

CUresult cuEventCreate(Event** event, unsigned) { return create("cuEventCreate", driver().events, event); }
CUresult cuEventDestroy_v2(Event* event) { return destroy("cuEventDestroy", driver().events, event); }

CUresult cuEventRecord(Event* event, Stream* stream)
{
    if (const CUresult result = check_stream("cuEventRecord", stream))
        return result;
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (driver().events.count(event) == 0)
        return CUDA_ERROR_INVALID_HANDLE;
    event->recorded = true;
    event->time = std::chrono::steady_clock::now();
    return CUDA_SUCCESS;
}

CUresult cuEventSynchronize(Event* event)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuEventSynchronize"))
        return result;
    return driver().events.count(event) != 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult cuEventQuery(Event* event)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuEventQuery"))
        return result;
    return driver().events.count(event) != 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult cuEventElapsedTime(float* milliseconds, Event* from, Event* to)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuEventElapsedTime"))
        return result;
    if (driver().events.count(from) == 0 || driver().events.count(to) == 0 || !from->recorded || !to->recorded)
        return CUDA_ERROR_INVALID_HANDLE;
    *milliseconds = std::chrono::duration<float, std::milli>(to->time - from->time).count();
    return CUDA_SUCCESS;
}

} // extern "C"
