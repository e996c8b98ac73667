// Tests of what compute capability 9.0 brings.
#pragma once

#include "gpu.hpp"

extern "C" int cuTensorMapEncodeTiled(
    void*, unsigned, unsigned, std::uintptr_t, const std::uint64_t*, const std::uint64_t*, const std::uint32_t*, const std::uint32_t*, int,
    int, int, int);

namespace selftest {

// Where shared memory begins for the instructions that take addresses of it.
constexpr int shared_window = 4096;

// A kernel that may have so many bytes of shared memory.
void* function_of(void* module, const char* kernel, int shared_bytes);

void test_hopper_faults(const Headers& headers, const std::string& kernels);
void test_clusters(const Headers& headers, const std::string& kernels);

} // namespace selftest
