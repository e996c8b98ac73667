// Threads: who am I, and waiting for each other. __builtin_LINE is the line of the call in the generated text.
#pragma once

#include <cstring>

KG_DEVICE int kg_thread() { return kernelgen_emulator->current.thread; }
KG_DEVICE int kg_block_x() { return kernelgen_emulator->current.block_x; }
KG_DEVICE int kg_block_y() { return kernelgen_emulator->current.block_y; }
KG_DEVICE int kg_grid_x() { return kernelgen_emulator->current.grid_x; }
KG_DEVICE int kg_grid_y() { return kernelgen_emulator->current.grid_y; }

KG_DEVICE void kg_barrier(int line = __builtin_LINE()) { kernelgen_emulator->barrier(line); }

KG_DEVICE float kg_shuffle_xor(float value, int lane_bits, int line = __builtin_LINE())
{
    unsigned bits;
    std::memcpy(&bits, &value, sizeof bits);
    bits = kernelgen_emulator->shuffle_xor(bits, lane_bits, line);
    std::memcpy(&value, &bits, sizeof bits);
    return value;
}
