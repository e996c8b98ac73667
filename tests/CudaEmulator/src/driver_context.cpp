// libcuda: initialisation, devices, contexts, errors.
#include "driver_state.hpp"
#include "memory.hpp"
#include "settings.hpp"

#include <cstdio>
#include <cstring>

using namespace emulator;

extern "C" {

CUresult cuInit(unsigned flags)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const int fault = injected_fault("cuInit", CUDA_ERROR_UNKNOWN))
        return fault;
    driver().initialized = true;
    return flags == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuDriverGetVersion(int* version)
{
    *version = settings().driver_version;
    return injected_fault("cuDriverGetVersion", CUDA_ERROR_UNKNOWN);
}

CUresult cuDeviceGetCount(int* count)
{
    *count = 1;
    return begin("cuDeviceGetCount", CUDA_ERROR_UNKNOWN, false);
}

CUresult cuDeviceGet(int* device, int ordinal)
{
    if (const CUresult result = begin("cuDeviceGet", CUDA_ERROR_UNKNOWN, false))
        return result;
    *device = 0;
    return ordinal == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUresult cuDeviceGetName(char* name, int length, int device)
{
    if (const CUresult result = begin("cuDeviceGetName", CUDA_ERROR_UNKNOWN, false))
        return result;
    std::snprintf(name, static_cast<std::size_t>(length), "KernelGen CUDA emulator, sm_%d", limits().capability);
    return device == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUresult cuDeviceGetUuid(unsigned char* uuid, int device)
{
    if (const CUresult result = begin("cuDeviceGetUuid", CUDA_ERROR_UNKNOWN, false))
        return result;
    std::memcpy(uuid, "KernelGenEmulatr", 16);
    return device == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUresult cuDeviceTotalMem_v2(std::size_t* bytes, int device)
{
    if (const CUresult result = begin("cuDeviceTotalMem", CUDA_ERROR_UNKNOWN, false))
        return result;
    *bytes = settings().memory_bytes;
    return device == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUresult cuDeviceGetAttribute(int* value, int attribute, int device)
{
    if (const CUresult result = begin("cuDeviceGetAttribute", CUDA_ERROR_UNKNOWN, false))
        return result;
    const Limits limit = limits();
    switch (attribute) {
    case 1: case 2: case 3: *value = 1024; break;            // threads of a block, its x and y
    case 4: *value = 64; break;                              // its z
    case 5: *value = 2147483647; break;                      // blocks of a grid along x
    case 6: case 7: *value = 65535; break;                   // along y and z
    case 8: *value = 48 * 1024; break;                       // shared memory of a block
    case 10: *value = 32; break;                             // warp
    case 12: case 82: *value = 65536; break;                 // registers of a block, of a processor
    case 13: *value = 1000000; break;                        // clock in kHz
    case 16: *value = settings().multiprocessors; break;
    case 18: *value = settings().integrated; break;          // shares the host's memory
    case 36: *value = 1000000; break;                        // memory clock in kHz
    case 37: *value = 64; break;                             // memory bus in bits
    case 38: *value = 4 * 1024 * 1024; break;                // L2
    case 39: *value = 32 * limit.warps_of_processor; break;  // threads of a processor
    case 40: case 41: *value = 1; break;                     // async engines, unified addressing
    case 75: *value = limit.capability / 10; break;
    case 76: *value = limit.capability % 10; break;
    case 81: *value = limit.shared_bytes_of_processor; break;
    case 97: *value = limit.most_shared_bytes; break;        // shared memory of a block that opts in
    case 95: *value = 0; break;                              // cooperative launch
    case 106: *value = limit.blocks_of_processor; break;     // blocks of a processor
    case 111: *value = limit.reserved_shared_bytes; break;   // shared memory that the system keeps of a block's
    case 115: *value = 1; break;                             // memory pools
    default: *value = 0; break;
    }

    return device == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUresult cuDevicePrimaryCtxRetain(Context** context, int device)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuDevicePrimaryCtxRetain", CUDA_ERROR_UNKNOWN, false))
        return result;
    if (device != 0)
        return CUDA_ERROR_INVALID_DEVICE;
    driver().primary_references++;
    *context = &driver().primary;
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease_v2(int device)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const int fault = injected_fault("cuDevicePrimaryCtxRelease", CUDA_ERROR_UNKNOWN))
        return fault;
    if (device != 0 || driver().primary_references == 0)
        return CUDA_ERROR_INVALID_DEVICE;
    if (--driver().primary_references == 0)
        destroy_primary_context();
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxReset_v2(int device)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (device != 0)
        return CUDA_ERROR_INVALID_DEVICE;
    destroy_primary_context();
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxGetState(int device, unsigned* flags, int* active)
{
    if (const CUresult result = begin("cuDevicePrimaryCtxGetState", CUDA_ERROR_UNKNOWN, false))
        return result;
    *flags = 0;
    *active = driver().primary_references > 0;
    return device == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUresult cuCtxGetCurrent(Context** context)
{
    if (const CUresult result = begin("cuCtxGetCurrent", CUDA_ERROR_UNKNOWN, false))
        return result;
    *context = context_stack().empty() ? nullptr : context_stack().back();
    return CUDA_SUCCESS;
}

CUresult cuCtxSetCurrent(Context* context)
{
    if (const CUresult result = begin("cuCtxSetCurrent", CUDA_ERROR_UNKNOWN, false))
        return result;
    if (!context_stack().empty())
        context_stack().pop_back();
    if (context != nullptr)
        context_stack().push_back(context);
    return CUDA_SUCCESS;
}

CUresult cuCtxPushCurrent_v2(Context* context)
{
    if (const CUresult result = begin("cuCtxPushCurrent", CUDA_ERROR_UNKNOWN, false))
        return result;
    if (context != &driver().primary)
        return CUDA_ERROR_INVALID_CONTEXT;
    context_stack().push_back(context);
    return CUDA_SUCCESS;
}

CUresult cuCtxPopCurrent_v2(Context** context)
{
    if (const int fault = injected_fault("cuCtxPopCurrent", CUDA_ERROR_UNKNOWN))
        return fault;
    if (context_stack().empty())
        return CUDA_ERROR_INVALID_CONTEXT;
    if (context != nullptr)
        *context = context_stack().back();
    context_stack().pop_back();
    return CUDA_SUCCESS;
}

CUresult cuCtxGetDevice(int* device)
{
    *device = 0;
    return begin("cuCtxGetDevice");
}

CUresult cuCtxSynchronize() { return begin("cuCtxSynchronize"); }

struct ErrorText {
    CUresult code;
    const char* name;
    const char* text;
};

static const ErrorText error_texts[] = {
    {CUDA_SUCCESS, "CUDA_SUCCESS", "no error"},
    {CUDA_ERROR_INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {CUDA_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {CUDA_ERROR_NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {CUDA_ERROR_NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {CUDA_ERROR_INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {CUDA_ERROR_INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {CUDA_ERROR_INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {CUDA_ERROR_NO_BINARY_FOR_GPU, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"},
    {CUDA_ERROR_INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {CUDA_ERROR_INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {CUDA_ERROR_NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {CUDA_ERROR_ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"},
    {CUDA_ERROR_MISALIGNED_ADDRESS, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    {CUDA_ERROR_LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {CUDA_ERROR_NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {CUDA_ERROR_INVALID_CLUSTER_SIZE, "CUDA_ERROR_INVALID_CLUSTER_SIZE", "cluster size is invalid"},
    {CUDA_ERROR_UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

CUresult cuGetErrorName(CUresult error, const char** name)
{
    for (const ErrorText& entry : error_texts)
        if (entry.code == error) {
            *name = entry.name;
            return CUDA_SUCCESS;
        }

    *name = nullptr;
    return CUDA_ERROR_INVALID_VALUE;
}

// Says more than a driver would: what the fault was, and where.
CUresult cuGetErrorString(CUresult error, const char** text)
{
    static thread_local std::string answer;
    for (const ErrorText& entry : error_texts)
        if (entry.code == error) {
            const std::lock_guard<std::mutex> guard(driver().lock);
            answer = entry.text;
            if (error != CUDA_SUCCESS && !driver().details.empty())
                answer += " (emulator: " + driver().details + ")";
            *text = answer.c_str();
            return CUDA_SUCCESS;
        }

    *text = nullptr;
    return CUDA_ERROR_INVALID_VALUE;
}

// ---- Of the emulator alone.

// Sets a variable of the environment, such as CUDA_EMULATOR_SEED, from now on. 0 when it is not understood.
int emulator_set(const char* name, const char* value)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    return set(name, value);
}

// Calls of a function of the driver or of NVRTC (without a version suffix) since the process began.
long long emulator_calls(const char* function) { return calls_of(function); }

// Things that are alive: allocations of device memory, modules, streams, events, host blocks, references to the context, NVRTC programs.
long long emulator_live_objects()
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    const Driver& state = driver();
    return live_programs()
        + static_cast<long long>(device_memory().allocations() + state.modules.size() + state.streams.size() + state.events.size()
        + state.host_blocks.size() + static_cast<std::size_t>(state.primary_references));
}

} // extern "C"
