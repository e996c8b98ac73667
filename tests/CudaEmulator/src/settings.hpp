// Settings: read from the environment once, changed afterwards by emulator_set (a process that sets its environment late cannot reach
// ours).
#pragma once

#include <cstdint>
#include <string>

namespace emulator {

struct Settings {
    std::size_t memory_bytes = std::size_t{2} << 30; // CUDA_EMULATOR_MEMORY
    int capability_major = 8;                         // CUDA_EMULATOR_COMPUTE_CAPABILITY
    int capability_minor = 0;
    int driver_version = 13000;                       // CUDA_EMULATOR_DRIVER_VERSION
    int multiprocessors = 4;                          // CUDA_EMULATOR_MULTIPROCESSORS
    bool integrated = false;                          // CUDA_EMULATOR_INTEGRATED
    int registers = 0;                                // CUDA_EMULATOR_REGISTERS; 0: as many as the launch bounds allow
    std::uint64_t seed = 1;                           // CUDA_EMULATOR_SEED
    std::string failing_function;                     // CUDA_EMULATOR_FAIL = function:n[:code], without a version suffix
    int failing_call = 0;
    int failing_code = 0;
};

Settings& settings();

// Sets one of the variables above. False when the name or the value is not understood.
bool set(const std::string& name, const std::string& value);

// Counts a call of `function`. The code that the call has to fail with, or 0; `usual_code` where the setting names none.
int injected_fault(const char* function, int usual_code);

// Calls of `function` (without a version suffix) so far, by whatever has counted them with injected_fault.
long long calls_of(const std::string& function);

} // namespace emulator
