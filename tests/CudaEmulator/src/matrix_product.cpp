#include "matrix_product.hpp"

#include "tensor_map.hpp"

namespace emulator {

namespace {

constexpr int elements = 8;     // of a chunk of 16 bytes; the documentation's T
constexpr int chunk_bytes = 16;

std::uint32_t field(unsigned long long bits, int first) { return static_cast<std::uint32_t>(bits >> first & 0x3fff) << 4; }

} // namespace

MatrixDescriptor::MatrixDescriptor(unsigned long long bits)
    : start_(field(bits, 0)), leading_(field(bits, 16)), stride_(field(bits, 32)), base_offset_(static_cast<std::uint32_t>(bits >> 49 & 7)),
      mode_(static_cast<int>(bits >> 62))
{
}

std::string MatrixDescriptor::fault(int lines, bool transposed) const
{
    const int width = mode_ == 0 ? 1 : 16 >> mode_; // chunks of a row of the pattern: 8, 4, 2
    if (transposed && lines % (width * elements) != 0)
        return "wgmma: " + std::to_string(lines) + " rows or columns do not fill panels of " + std::to_string(width * elements)
            + ": not documented what lies in the last one";
    if (mode_ == 0 && base_offset_ != 0)
        return "wgmma: a base offset without a swizzle";
    // Between the panel's beginning and the start there may only be steps along a row of the pattern.
    if (mode_ != 0 && base_offset_ == 0 && start_ / 128 % static_cast<std::uint32_t>(width) != 0)
        return "wgmma: a matrix whose swizzle pattern begins at " + std::to_string(start_)
            + ", not at a multiple of its length, and no base offset that says so";
    return "";
}

std::int64_t MatrixDescriptor::address(int line, int k, bool transposed) const
{
    // Canonical layouts: (8, m), (T, 2k) for matrices whose k runs along a row, ((T, width, m), (8, k)) for the others, in chunks.
    const int width = mode_ == 0 ? 1 : 16 >> mode_;
    std::int64_t offset;
    if (!transposed)
        offset = mode_ == 0
            ? line % 8 * chunk_bytes + line / 8 * std::int64_t{stride_} + k / elements * std::int64_t{leading_}
            : line % 8 * width * chunk_bytes + line / 8 * std::int64_t{stride_} + k / elements * chunk_bytes;
    else
        offset = mode_ == 0
            ? line / elements * std::int64_t{stride_} + k % 8 * chunk_bytes + k / 8 * std::int64_t{leading_}
            : line / elements % width * chunk_bytes + line / elements / width * std::int64_t{leading_} + k % 8 * width * chunk_bytes
                + k / 8 * std::int64_t{stride_};

    const std::int64_t address = start_ + offset;
    return mode_ == 0 ? address : static_cast<std::int64_t>(swizzled(static_cast<std::uint64_t>(address), 4 - mode_, base_offset_));
}

} // namespace emulator
