// mma.sync: where the elements of a warp's fragments lie.
#include "block_state.hpp"
#include "matrix_product.hpp"
#include "settings.hpp"

namespace emulator {

namespace {

constexpr int rows = 16;
constexpr int columns = 8;

// Element (row, column) of A: lane 4 * (row % 8) + column % 8 / 2, register 0 for the upper rows, 1 for the lower ones, 2 more for columns
// from 8. B is the same with columns for rows; of D a lane has two neighbours of the row lane / 4 and of the row eight below.
void multiply(void* const* lanes)
{
    const auto lane = [&](int index) -> WarpProduct& { return *static_cast<WarpProduct*>(lanes[index]); };
    const int depth = lane(0).depth;
    std::uint16_t a[rows * product_depth], b[columns * product_depth];
    float d[rows * columns];
    for (int row = 0; row < rows; row++)
        for (int k = 0; k < depth; k++)
            a[row * depth + k] = static_cast<std::uint16_t>(lane(row % 8 * 4 + k % 8 / 2).a[row / 8 + k / 8 * 2] >> k % 2 * 16);
    for (int column = 0; column < columns; column++)
        for (int k = 0; k < depth; k++)
            b[column * depth + k] = static_cast<std::uint16_t>(lane(column * 4 + k % 8 / 2).b[k / 8] >> k % 2 * 16);
    const auto sum = [&](int row, int column) -> float& { return lane(row % 8 * 4 + column / 2).sums[row / 8 * 2 + column % 2]; };
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < columns; column++)
            d[row * columns + column] = sum(row, column);

    multiply_add(FusedSums::of(settings().capability_major), d, a, b, rows, columns, depth, lane(0).bfloat16);
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < columns; column++)
            sum(row, column) = d[row * columns + column];
}

} // namespace

void warp_multiply(WarpProduct* lane, int line) { warp_operation(lane, multiply, line); }

} // namespace emulator
