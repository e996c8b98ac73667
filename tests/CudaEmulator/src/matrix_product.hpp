// The arithmetic of wgmma: how a descriptor finds the elements of a matrix in shared memory, and the product itself.
#pragma once

#include <cstdint>
#include <string>

namespace emulator {

constexpr int product_depth = 16; // k, of 16-bit elements

// A matrix in shared memory as the documentation of matrix descriptors defines it. A line is a row of A or a column of B.
class MatrixDescriptor {
public:
    explicit MatrixDescriptor(unsigned long long bits);

    // Empty, or why what it says is not documented for so many lines.
    std::string fault(int lines, bool transposed) const;

    // The address of the chunk of element (line, k): of the element itself when it is the first of a chunk.
    std::int64_t address(int line, int k, bool transposed) const;

private:
    std::uint32_t start_;
    std::uint32_t leading_;
    std::uint32_t stride_;
    std::uint32_t base_offset_;
    int mode_; // 0 none, 1 128 bytes, 2 64, 3 32
};

// d (64 x columns) = a (64 x 16) * b (columns x 16, transposed) + d, or without it; one rounding for each element.
void multiply_add(float* d, const float* a, const float* b, int columns, bool accumulate);

} // namespace emulator
