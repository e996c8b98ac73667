// The arithmetic of tensor cores: how a descriptor finds the elements of a matrix in shared memory, and the product itself.
#pragma once

#include <cstdint>
#include <string>

namespace emulator {

constexpr int product_depth = 16; // k, of 16-bit elements
constexpr int most_product_columns = 256;

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

// How the tensor cores of a GPU add. The exact products of so many neighbouring elements and the sum so far are one fused sum: each of them
// is cut, towards zero, to so many binary digits behind the leading digit of the one with the greatest exponent, they are added exactly,
// and the result is cut to fp32. An exponent is that of a number's format (subnormal numbers have the least normal one), of a product the
// sum of both factors'.
struct FusedSums {
    int products;
    int fraction_bits;

    static FusedSums of(int capability_major);
};

// d (rows x columns) += a (rows x depth) * b (columns x depth, transposed), without infinities turned into NaN by anything but arithmetic;
// NaN is 0x7fffffff and zero positive. Elements are the bits of float16 or bfloat16 numbers; depth is 8 or 16, columns a multiple of 8.
void multiply_add(
    const FusedSums& sums, float* d, const std::uint16_t* a, const std::uint16_t* b, int rows, int columns, int depth, bool bfloat16);

} // namespace emulator
