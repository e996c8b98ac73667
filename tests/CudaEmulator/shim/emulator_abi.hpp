// What an emulated kernel and the emulator know of each other. The kernel is an object of its own, compiled from generated text; it reaches
// the emulator only through this structure, so that neither needs the other's symbols.
#pragma once

#include <cstddef>

namespace emulator {

// The thread that runs at the moment.
struct Thread {
    int thread;
    int block_x;
    int block_y;
    int grid_x;
    int grid_y;
    float* shared;
};

// `line` is the line of the generated text that asks. A call that finds a fault does not return: the launch ends there.
struct Calls {
    Thread current;
    void (*barrier)(int line);
    unsigned (*shuffle_xor)(unsigned bits, int lane_bits, int line);
    void (*global_access)(const void* address, std::size_t bytes, std::size_t alignment, bool is_write, int line);
    void (*shared_access)(const void* address, std::size_t bytes, bool is_write, int line);
    void (*misaligned_shared)(const void* address, std::size_t alignment, int line);

    // Runs `operation` on what all lanes of the warp bring, once the last of them has come to it.
    void (*warp_operation)(void* lane, void (*operation)(void* const* lanes), int line);

    // 16 bytes to shared memory, of which the first `bytes` come from global memory; they land when the thread waits.
    void (*copy_async)(void* shared, const void* global, int bytes, int line);
    void (*commit_copies)();
    void (*wait_copies)(int pending, int line);
};

} // namespace emulator

// Set by the emulator when it has loaded the kernel's object.
extern "C" emulator::Calls* kernelgen_emulator;
