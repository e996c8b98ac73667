#include "driver_state.hpp"

#include "memory.hpp"
#include "module_image.hpp"
#include "settings.hpp"

#include <cstdlib>
#include <dlfcn.h>

namespace emulator {

Driver& driver()
{
    static Driver instance;
    return instance;
}

std::vector<Context*>& context_stack()
{
    static thread_local std::vector<Context*> stack;
    return stack;
}

Limits limits()
{
    Limits result;
    result.capability = settings().capability_major * 10 + settings().capability_minor;
    switch (result.capability) {
    case 75: result.most_shared_bytes = 64 * 1024; break;
    case 80: case 87: result.most_shared_bytes = 163 * 1024; break;
    case 86: case 89: case 120: case 121: result.most_shared_bytes = 99 * 1024; break;
    case 90: case 100: case 103: case 110: result.most_shared_bytes = 227 * 1024; break;
    default: result.most_shared_bytes = 48 * 1024; break;
    }

    switch (result.capability) {
    case 75: result.warps_of_processor = 32, result.blocks_of_processor = 16, result.reserved_shared_bytes = 0; break;
    case 80: case 90: case 100: case 103: result.warps_of_processor = 64, result.blocks_of_processor = 32; break;
    case 86: case 87: result.blocks_of_processor = 16; break;
    default: break;
    }

    result.shared_bytes_of_processor = result.capability == 75 ? result.most_shared_bytes : result.most_shared_bytes + 1024;
    return result;
}

CUresult begin(const char* function, CUresult usual_fault, bool needs_context)
{
    if (const int fault = injected_fault(function, usual_fault))
        return fault;
    if (!driver().initialized)
        return CUDA_ERROR_NOT_INITIALIZED;
    if (driver().sticky != CUDA_SUCCESS)
        return driver().sticky;
    if (needs_context && (context_stack().empty() || driver().primary_references == 0))
        return CUDA_ERROR_INVALID_CONTEXT;
    return CUDA_SUCCESS;
}

CUresult load_module(const void* image, Module** module)
{
    std::string error;
    const ModuleImage decoded = decode_image(image);
    if (decoded.object.empty()) {
        driver().details = "the image is neither a CUBIN nor PTX that the emulated NVRTC made";
        return CUDA_ERROR_INVALID_IMAGE;
    }

    // Machine code runs on its own architecture's minor versions from the one it was made for; PTX on that and everything newer.
    const int capability = limits().capability;
    const bool runs = decoded.is_ptx ? capability >= decoded.architecture
        : decoded.is_exact ? capability == decoded.architecture
        : capability / 10 == decoded.architecture / 10 && capability >= decoded.architecture;
    if (!runs) {
        driver().details =
            "the image is for sm_" + std::to_string(decoded.architecture) + ", the device is sm_" + std::to_string(capability);
        return decoded.is_ptx ? CUDA_ERROR_INVALID_PTX : CUDA_ERROR_NO_BINARY_FOR_GPU;
    }

    void* library = open_object(decoded.object, error);
    if (library == nullptr) {
        driver().details = error;
        return CUDA_ERROR_INVALID_IMAGE;
    }

    *static_cast<Calls**>(dlsym(library, "kernelgen_emulator")) = calls();
    *module = new Module();
    (*module)->library = library;
    driver().modules.insert(*module);
    return CUDA_SUCCESS;
}

void unload_module(Module* module)
{
    for (const auto& function : module->functions)
        driver().functions.erase(function.get());
    driver().modules.erase(module);
    dlclose(module->library);
    delete module;
}

void destroy_primary_context()
{
    Driver& state = driver();
    while (!state.modules.empty())
        unload_module(*state.modules.begin());
    for (Stream* stream : state.streams)
        delete stream;
    for (Event* event : state.events)
        delete event;
    for (void* block : state.host_blocks)
        std::free(block);
    state.streams.clear();
    state.events.clear();
    state.host_blocks.clear();
    device_memory().release_all();
    state.sticky = CUDA_SUCCESS;
    state.details.clear();
}

} // namespace emulator
