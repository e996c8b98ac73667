// What the driver's functions share: objects by handle, the current context of a thread, the error that a fault left.
#pragma once

#include "launch.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace emulator {

using CUresult = int;
using CUdeviceptr = std::uintptr_t;

// The codes of cuda.h that the emulator gives.
enum : CUresult {
    CUDA_SUCCESS = 0,
    CUDA_ERROR_INVALID_VALUE = 1,
    CUDA_ERROR_OUT_OF_MEMORY = 2,
    CUDA_ERROR_NOT_INITIALIZED = 3,
    CUDA_ERROR_NO_DEVICE = 100,
    CUDA_ERROR_INVALID_DEVICE = 101,
    CUDA_ERROR_INVALID_IMAGE = 200,
    CUDA_ERROR_INVALID_CONTEXT = 201,
    CUDA_ERROR_NO_BINARY_FOR_GPU = 209,
    CUDA_ERROR_INVALID_PTX = 218,
    CUDA_ERROR_INVALID_HANDLE = 400,
    CUDA_ERROR_NOT_FOUND = 500,
    CUDA_ERROR_ILLEGAL_ADDRESS = 700,
    CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES = 701,
    CUDA_ERROR_MISALIGNED_ADDRESS = 716,
    CUDA_ERROR_LAUNCH_FAILED = 719,
    CUDA_ERROR_NOT_SUPPORTED = 801,
    CUDA_ERROR_INVALID_CLUSTER_SIZE = 912,
    CUDA_ERROR_UNKNOWN = 999,
};

struct Context {};

struct Module;

struct Function {
    Module* module = nullptr;
    std::string name;
    void (*entry)(void**) = nullptr;
    int most_threads = 1024;
    int least_blocks = 0; // of the launch bounds; 0: they name none
    int cluster_blocks = 1; // along x; 0: a shape that the emulator does not know
    int dynamic_shared_bytes = 48 * 1024; // the most that a launch may ask for
};

struct Module {
    void* library = nullptr;
    std::vector<std::unique_ptr<Function>> functions;
};

struct Stream {};

struct Event {
    bool recorded = false;
    std::chrono::steady_clock::time_point time;
};

struct Driver {
    std::mutex lock;
    bool initialized = false;
    Context primary;
    int primary_references = 0;
    CUresult sticky = CUDA_SUCCESS;
    std::set<Module*> modules;
    std::set<Function*> functions;
    std::set<Stream*> streams;
    std::set<Event*> events;
    std::set<void*> host_blocks;
    std::string details; // of the last fault, shown by cuGetErrorString
};

Driver& driver();

// The contexts of the calling thread; the last is the current one.
std::vector<Context*>& context_stack();

// Limits of the device that the settings describe.
struct Limits {
    int capability = 80;
    int most_shared_bytes = 0;          // of a block that opts in
    int shared_bytes_of_processor = 0;
    int reserved_shared_bytes = 1024;   // that the system keeps of a block's
    int warps_of_processor = 48;
    int blocks_of_processor = 24;
};

Limits limits();

// What every call begins with: the code that it has to return at once, or CUDA_SUCCESS.
CUresult begin(const char* function, CUresult usual_fault = CUDA_ERROR_UNKNOWN, bool needs_context = true);

// Module images.
CUresult load_module(const void* image, Module** module);
void unload_module(Module* module);

// Programs of NVRTC that have not been destroyed.
long long live_programs();

// The context's end: its memory, modules, streams and events are gone, its fault is forgotten.
void destroy_primary_context();

} // namespace emulator
