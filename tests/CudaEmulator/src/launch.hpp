// A launch: every thread of a block is a fiber, run in a seeded random order; clusters of blocks run one after the other, the blocks of one
// at once.
#pragma once

#include "emulator_abi.hpp"

#include <cstddef>
#include <string>

namespace emulator {

struct Geometry {
    unsigned grid_x = 1, grid_y = 1, grid_z = 1;
    unsigned block_x = 1, block_y = 1, block_z = 1;
    std::size_t shared_bytes = 0;
    int threads_of_bounds = 0, blocks_of_bounds = 0; // launch bounds of the kernel; 0: none
    int cluster_blocks = 1; // along x
};

enum class FaultKind { none, illegal_address, misaligned_address, launch_failed };

struct Fault {
    FaultKind kind = FaultKind::none;
    std::string message; // kernel, block, thread, line of the generated text, and what was wrong
};

// What kernels call; handed to each kernel's object when it is loaded.
Calls* calls();

// Runs `entry` (a kernel behind its argument array) for every thread of the grid. Stops at the first fault.
Fault run(const std::string& name, void (*entry)(void** arguments), void** arguments, const Geometry& geometry);

} // namespace emulator
