// Tensor maps: how an asynchronous tensor copy finds its elements. Opaque to host and kernel, as CUtensorMap is.
#pragma once

#include <cstdint>

namespace emulator {

struct TensorMap {
    static constexpr std::uint64_t known = 0x50414d544b4c4e52u;

    std::uint64_t magic;
    std::uint64_t address;
    std::uint64_t dims[5];        // elements
    std::uint64_t strides[5];     // bytes; strides[0] is the size of an element
    std::uint16_t box[5];
    std::uint8_t rank;
    std::uint8_t element_bytes;
    std::uint8_t swizzle;         // log2 of the chunks in a row of the pattern: 0 none, 1 32 bytes, 2 64, 3 128
    std::uint8_t filler[3];
    std::uint64_t unused[2];
};

static_assert(sizeof(TensorMap) == 128, "as large as CUtensorMap");

// The chunk of 16 bytes of an address is exchanged with others by the address's bits from 7 on. `pattern_begin` is where the pattern
// starts, in units of 128 bytes: 0 where it starts at a multiple of its length.
inline std::uint64_t swizzled(std::uint64_t address, int swizzle, unsigned pattern_begin)
{
    const std::uint64_t row = (address >> 7) - pattern_begin;
    return address ^ ((row & ((1u << swizzle) - 1)) << 4);
}

} // namespace emulator
