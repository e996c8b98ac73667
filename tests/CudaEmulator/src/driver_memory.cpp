// libcuda: memory. Streams run at once, so that the asynchronous forms are the same as the others.
#include "driver_state.hpp"
#include "memory.hpp"
#include "settings.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace emulator;

namespace {

CUresult allocate(const char* function, CUdeviceptr* address, std::size_t bytes)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(function, CUDA_ERROR_OUT_OF_MEMORY))
        return result;
    if (bytes == 0)
        return CUDA_ERROR_INVALID_VALUE;
    *address = device_memory().allocate(bytes);
    return *address != 0 ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult release(const char* function, CUdeviceptr address)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(function))
        return result;
    return address == 0 || device_memory().release(address) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

bool is_good(const char* function, CUdeviceptr address, std::size_t bytes)
{
    const std::string wrong = device_memory().fault(address, bytes);
    if (wrong.empty())
        return true;
    driver().details = std::string(function) + " of " + std::to_string(bytes) + " bytes: " + wrong;
    return false;
}

CUresult upload(const char* function, CUdeviceptr target, const void* source, std::size_t bytes)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(function))
        return result;
    if (!is_good(function, target, bytes))
        return CUDA_ERROR_INVALID_VALUE;
    if (bytes > 0) {
        std::memcpy(reinterpret_cast<void*>(target), source, bytes);
        device_memory().mark_written(target, bytes);
    }

    return CUDA_SUCCESS;
}

CUresult download(const char* function, void* target, CUdeviceptr source, std::size_t bytes)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(function))
        return result;
    if (!is_good(function, source, bytes))
        return CUDA_ERROR_INVALID_VALUE;
    if (bytes > 0)
        std::memcpy(target, reinterpret_cast<const void*>(source), bytes);
    return CUDA_SUCCESS;
}

CUresult copy(const char* function, CUdeviceptr target, CUdeviceptr source, std::size_t bytes)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(function))
        return result;
    if (!is_good(function, target, bytes) || !is_good(function, source, bytes))
        return CUDA_ERROR_INVALID_VALUE;
    if (bytes > 0) {
        std::memmove(reinterpret_cast<void*>(target), reinterpret_cast<const void*>(source), bytes);
        device_memory().copy_written(target, source, bytes);
    }

    return CUDA_SUCCESS;
}

template <typename T>
CUresult fill(const char* function, CUdeviceptr target, T value, std::size_t count)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(function))
        return result;
    if (target % sizeof(T) != 0 || !is_good(function, target, count * sizeof(T)))
        return CUDA_ERROR_INVALID_VALUE;
    T* elements = reinterpret_cast<T*>(target);
    for (std::size_t i = 0; i < count; i++)
        elements[i] = value;
    if (count > 0)
        device_memory().mark_written(target, count * sizeof(T));
    return CUDA_SUCCESS;
}

CUresult allocate_host(const char* function, void** address, std::size_t bytes)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin(function, CUDA_ERROR_OUT_OF_MEMORY))
        return result;
    *address = std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (*address == nullptr)
        return CUDA_ERROR_OUT_OF_MEMORY;
    driver().host_blocks.insert(*address);
    return CUDA_SUCCESS;
}

} // namespace

extern "C" {

CUresult cuMemAlloc_v2(CUdeviceptr* address, std::size_t bytes) { return allocate("cuMemAlloc", address, bytes); }
CUresult cuMemAllocAsync(CUdeviceptr* address, std::size_t bytes, void*) { return allocate("cuMemAllocAsync", address, bytes); }
CUresult cuMemFree_v2(CUdeviceptr address) { return release("cuMemFree", address); }
CUresult cuMemFreeAsync(CUdeviceptr address, void*) { return release("cuMemFreeAsync", address); }

CUresult cuMemcpyHtoD_v2(
    CUdeviceptr target, const void* source, std::size_t bytes) { return upload("cuMemcpyHtoD", target, source, bytes); }
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void* source, std::size_t bytes, void*)
{
    return upload("cuMemcpyHtoDAsync", target, source, bytes);
}

CUresult cuMemcpyDtoH_v2(void* target, CUdeviceptr source, std::size_t bytes) { return download("cuMemcpyDtoH", target, source, bytes); }
CUresult cuMemcpyDtoHAsync_v2(void* target, CUdeviceptr source, std::size_t bytes, void*)
{
    return download("cuMemcpyDtoHAsync", target, source, bytes);
}

CUresult cuMemcpyDtoD_v2(CUdeviceptr target, CUdeviceptr source, std::size_t bytes) { return copy("cuMemcpyDtoD", target, source, bytes); }
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source, std::size_t bytes, void*)
{
    return copy("cuMemcpyDtoDAsync", target, source, bytes);
}

CUresult cuMemsetD8_v2(CUdeviceptr target, unsigned char value, std::size_t count) { return fill("cuMemsetD8", target, value, count); }
CUresult cuMemsetD8Async(
    CUdeviceptr target, unsigned char value, std::size_t count, void*) { return fill("cuMemsetD8Async", target, value, count); }
CUresult cuMemsetD32_v2(CUdeviceptr target, unsigned value, std::size_t count) { return fill("cuMemsetD32", target, value, count); }
CUresult cuMemsetD32Async(
    CUdeviceptr target, unsigned value, std::size_t count, void*) { return fill("cuMemsetD32Async", target, value, count); }

CUresult cuMemGetInfo_v2(std::size_t* free_bytes, std::size_t* total_bytes)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuMemGetInfo"))
        return result;
    *total_bytes = settings().memory_bytes;
    *free_bytes = settings().memory_bytes > device_memory().used() ? settings().memory_bytes - device_memory().used() : 0;
    return CUDA_SUCCESS;
}

CUresult cuMemHostAlloc(void** address, std::size_t bytes, unsigned) { return allocate_host("cuMemHostAlloc", address, bytes); }
CUresult cuMemAllocHost_v2(void** address, std::size_t bytes) { return allocate_host("cuMemAllocHost", address, bytes); }

CUresult cuMemFreeHost(void* address)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuMemFreeHost"))
        return result;
    if (driver().host_blocks.erase(address) == 0)
        return CUDA_ERROR_INVALID_VALUE;
    std::free(address);
    return CUDA_SUCCESS;
}

// CU_POINTER_ATTRIBUTE_CONTEXT = 1, MEMORY_TYPE = 2 (device memory is 2), DEVICE_POINTER = 3, DEVICE_ORDINAL = 9.
CUresult cuPointerGetAttribute(void* data, int attribute, CUdeviceptr address)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuPointerGetAttribute"))
        return result;
    if (!device_memory().fault(address, 1).empty())
        return CUDA_ERROR_INVALID_VALUE;
    switch (attribute) {
    case 1: *static_cast<Context**>(data) = &driver().primary; return CUDA_SUCCESS;
    case 2: *static_cast<unsigned*>(data) = 2; return CUDA_SUCCESS;
    case 3: *static_cast<CUdeviceptr*>(data) = address; return CUDA_SUCCESS;
    case 9: *static_cast<int*>(data) = 0; return CUDA_SUCCESS;
    default: return CUDA_ERROR_NOT_SUPPORTED;
    }
}

} // extern "C"
