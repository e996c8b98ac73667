// A little of cuda.h and nvrtc.h, and what makes them pleasant to call from a test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

extern "C" {
int cuInit(unsigned);
int cuDevicePrimaryCtxRetain(void**, int);
int cuDevicePrimaryCtxRelease_v2(int);
int cuCtxSetCurrent(void*);
int cuCtxSynchronize();
int cuModuleLoadData(void**, const void*);
int cuModuleUnload(void*);
int cuModuleGetFunction(void**, void*, const char*);
int cuFuncSetAttribute(void*, int, int);
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int*, void*, int, std::size_t);
int cuLaunchKernel(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**, void**);
int cuMemAlloc_v2(std::uintptr_t*, std::size_t);
int cuMemFree_v2(std::uintptr_t);
int cuMemcpyHtoD_v2(std::uintptr_t, const void*, std::size_t);
int cuMemcpyDtoH_v2(void*, std::uintptr_t, std::size_t);
int cuMemGetInfo_v2(std::size_t*, std::size_t*);
int cuGetErrorName(int, const char**);
int cuGetErrorString(int, const char**);
int emulator_set(const char*, const char*);
long long emulator_live_objects();
int nvrtcCreateProgram(void**, const char*, const char*, int, const char* const*, const char* const*);
int nvrtcCompileProgram(void*, int, const char* const*);
int nvrtcGetCUBINSize(void*, std::size_t*);
int nvrtcGetCUBIN(void*, char*);
int nvrtcGetPTXSize(void*, std::size_t*);
int nvrtcGetPTX(void*, char*);
int nvrtcGetProgramLogSize(void*, std::size_t*);
int nvrtcGetProgramLog(void*, char*);
int nvrtcDestroyProgram(void**);
}

namespace selftest {

std::string read_file(const std::string& path);

// Ends the program with a message when `result` is an error.
void require(int result, const char* call);

struct Compiled {
    int result = 0;
    std::string log;
    std::string image;
};

// Named headers of a compilation: name and text.
using Headers = std::map<std::string, std::string>;

// The headers that a text includes, from a folder.
Headers headers_of(const std::string& source, const std::string& folder);

Compiled compile(
    const std::string& source, const Headers& headers, const std::string& architecture = "sm_80", bool as_ptx = false,
    const std::vector<std::string>& more_options = {});

// Compiles text whose only named header is the primitives.
Compiled compile(const std::string& source, const std::string& primitives, const std::string& architecture = "sm_80", bool as_ptx = false);

// The text of a header of the project, such as "primitives" or "sm90a/primitives", with what it includes.
std::string primitives_of(const std::string& templates, const std::string& part = "primitives");

// Takes and gives back the context.
void open_context();
void close_context();

// Device memory with a copy of `values`.
template <typename T>
std::uintptr_t upload(const std::vector<T>& values)
{
    std::uintptr_t address = 0;
    require(cuMemAlloc_v2(&address, values.empty() ? 16 : values.size() * sizeof(T)), "cuMemAlloc");
    require(cuMemcpyHtoD_v2(address, values.data(), values.size() * sizeof(T)), "cuMemcpyHtoD");
    return address;
}

// The number that bits of a format with so many exponent and fraction bits mean, and the bits of the nearest number; of two equally near,
// the even one.
double decode(unsigned bits, int exponent_bits, int fraction_bits);
unsigned nearest(double value, int exponent_bits, int fraction_bits);

// Counts checks; prints those that fail.
struct Tally {
    int passed = 0;
    int failed = 0;

    void check(bool holds, const std::string& what);
};

Tally& tally();

void test_driver(const std::string& primitives);
void test_primitives(const std::string& primitives, const std::string& kernels);
void test_tensor_core(const std::string& primitives, const std::string& kernels);
void test_hopper(const Headers& headers, const std::string& kernels);
void test_hopper_parts(const std::string& templates, const std::string& kernels);
void test_faults(const std::string& primitives, const std::string& kernels);
void test_attention(const std::string& folder);

} // namespace selftest
