// Operations of a whole warp: every lane brings a structure, and the emulator runs the operation on all 32 when the last lane has come.
#pragma once

namespace emulated {

constexpr int warp_lanes = 32;

template <typename Lane>
void with_warp(Lane& lane, void (*operation)(void* const* lanes), int line)
{
    kernelgen_emulator->warp_operation(&lane, operation, line);
}

} // namespace emulated
