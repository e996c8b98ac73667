// Fused sums as published for NVIDIA's tensor cores, where the rule reproduces their results bit for bit on random operands (arXiv
// 2511.10909). Eight columns at a time: a product scaled to the last digit that is kept becomes an integer, which cuts it off, and integers
// add exactly.
#include "matrix_product.hpp"

#include <cmath>
#include <cstring>
#include <limits>

namespace emulator {

namespace {

// Vectors of 32 bytes, or of as many integers: wider ones go through memory where registers are not as wide.
using Eight = float __attribute__((vector_size(32)));
using EightIntegers = int __attribute__((vector_size(32)));
using Four = double __attribute__((vector_size(32)));
using FourFloats = float __attribute__((vector_size(16)));
using FourIntegers = int __attribute__((vector_size(16)));
using FourLongs = long long __attribute__((vector_size(32)));

constexpr int no_exponent = -8192; // of zero: less than any sum of two exponents

// Below the exponent of any product of two float16 numbers but zero: where the greatest one is less, only the sum so far is left.
constexpr int least_float16_product = -60;

// A matrix of so many lines, or one line, taken apart. Exponents and values are [k][line].
template <int lines>
struct Operand {
    alignas(64) float values[product_depth][lines];
    alignas(64) int exponents[product_depth][lines];
    alignas(64) int special[product_depth / 8][lines]; // an infinity or NaN among eight neighbours: all bits set
};

float from_bits(std::uint32_t bits)
{
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

// Both formats are exact in fp32. float16: its bits in the place of a float's, times the difference of the exponents' offsets.
float value_of(std::uint16_t bits, bool bfloat16)
{
    if (bfloat16)
        return from_bits(static_cast<std::uint32_t>(bits) << 16);
    const std::uint32_t magnitude = bits & 0x7fffu;
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
    const float value = magnitude >= 0x7c00u ? from_bits(0x7f800000u | magnitude << 13) : from_bits(magnitude << 13) * 0x1p112f;
    std::uint32_t all;
    std::memcpy(&all, &value, sizeof all);
    return from_bits(all | sign);
}

int exponent_of(std::uint16_t bits, bool bfloat16)
{
    const int stored = bfloat16 ? bits >> 7 & 0xff : bits >> 10 & 0x1f;
    return (bits & 0x7fff) == 0 ? no_exponent : (stored == 0 ? 1 : stored) - (bfloat16 ? 127 : 15);
}

template <int most>
void take_apart(Operand<most>& to, const std::uint16_t* from, int lines, int depth, bool bfloat16)
{
    for (int line = 0; line < lines; line++)
        for (int half = 0; half < depth / 8; half++) {
            bool special = false;
            for (int k = 8 * half; k < 8 * half + 8; k++) {
                const std::uint16_t bits = from[line * depth + k];
                to.values[k][line] = value_of(bits, bfloat16);
                to.exponents[k][line] = exponent_of(bits, bfloat16);
                special |= (bits & 0x7fff) >= (bfloat16 ? 0x7f80 : 0x7c00);
            }

            to.special[half][line] = special ? -1 : 0;
        }
}

#define INLINE __attribute__((always_inline)) inline

template <typename Vector, typename Element>
INLINE void load(Vector& to, const Element* from) { std::memcpy(&to, from, sizeof to); }

// 2^exponent, of normal numbers.
INLINE void power_of_two(Eight& to, const EightIntegers& exponent) { to = reinterpret_cast<Eight>((exponent + 127) << 23); }
INLINE void power_of_two(
    Four& to, const FourIntegers& exponent) { to = reinterpret_cast<Four>((__builtin_convertvector(exponent, FourLongs) + 1023) << 52); }

INLINE void widen(Eight& to, const Eight& from) { to = from; }
INLINE void widen(Four& to, const FourFloats& from) { to = __builtin_convertvector(from, Four); }

// Sums in units of 2^(greatest - fraction_bits), cut to the 24 digits of a normal number, or to those that a subnormal one has.
template <bool subnormal>
INLINE void cut(float* to, const FourIntegers& start, const FourIntegers (&sums)[2], const FourIntegers& greatest, int fraction_bits)
{
    const Four total =
        __builtin_convertvector(start, Four) + __builtin_convertvector(sums[0], Four) + __builtin_convertvector(sums[1], Four);
    Four exact = reinterpret_cast<Four>(reinterpret_cast<FourLongs>(total) & ~((1ll << 29) - 1));
    Four unit;
    power_of_two(unit, greatest - fraction_bits);
    exact *= unit;
    if (subnormal)
        for (int i = 0; i < 4; i++) {
            if (std::fabs(exact[i]) < 0x1p-126)
                exact[i] = static_cast<double>(static_cast<long long>(exact[i] * 0x1p149)) * 0x1p-149;
            else if (std::fabs(exact[i]) >= 0x1p128)
                exact[i] = std::copysign(std::numeric_limits<double>::infinity(), exact[i]);
        }

    const FourFloats result = __builtin_convertvector(exact, FourFloats);
    std::memcpy(to, &result, sizeof result);
}

INLINE void finish(float* to, const EightIntegers& start, const EightIntegers (&sums)[2], const EightIntegers& greatest,
    const Eight& before, int fraction_bits)
{
    const FourIntegers low[] =
        {__builtin_shufflevector(sums[0], sums[0], 0, 1, 2, 3), __builtin_shufflevector(sums[1], sums[1], 0, 1, 2, 3)};
    const FourIntegers high[] =
        {__builtin_shufflevector(sums[0], sums[0], 4, 5, 6, 7), __builtin_shufflevector(sums[1], sums[1], 4, 5, 6, 7)};
    float cuts[8];
    cut<false>(cuts, __builtin_shufflevector(start, start, 0, 1, 2, 3), low, __builtin_shufflevector(greatest, greatest, 0, 1, 2, 3),
        fraction_bits);
    cut<false>(cuts + 4, __builtin_shufflevector(start, start, 4, 5, 6, 7), high, __builtin_shufflevector(greatest, greatest, 4, 5, 6, 7),
        fraction_bits);
    Eight result;
    load(result, cuts);
    result = greatest < least_float16_product ? before + 0.0f : result;
    std::memcpy(to, &result, sizeof result);
}

INLINE void finish(
    float* to, const FourIntegers& start, const FourIntegers (&sums)[2], const FourIntegers& greatest, const Four&, int fraction_bits)
{
    cut<true>(to, start, sums, greatest, fraction_bits);
}

// Numbers of a row of D, each in one fused sum with the products [first, first + count) of the row of A and its column. Products of float16
// numbers are exact in fp32, also scaled; those of bfloat16 numbers have a range that needs float64. True when an infinity or a NaN takes
// part: then the numbers mean nothing.
template <typename Real, typename Floats, typename Integers>
INLINE bool add_fused(
    float* d, const Operand<1>& row, const Operand<most_product_columns>& columns, int column, int first, int count, int fraction_bits)
{
    constexpr bool is_float16 = sizeof(Real) == sizeof(Floats);
    Integers bits, greatest;
    load(bits, d);
    greatest = bits >> 23 & 0xff;
    Integers special = greatest == 0xff;
    greatest = (greatest > 1 ? greatest : 1) - 127;
    for (int half = first / 8; half < (first + count) / 8; half++) {
        Integers mask;
        load(mask, &columns.special[half][column]);
        special |= mask | row.special[half][0];
    }

    for (int half = 0; half < count; half += 8)
#pragma GCC unroll 8
        for (int k = 0; k < 8; k++) {
            Integers exponents;
            load(exponents, &columns.exponents[first + half + k][column]);
            exponents += row.exponents[first + half + k][0];
            greatest = exponents > greatest ? exponents : greatest;
        }

    Integers digits = fraction_bits - greatest;
    if (is_float16)
        digits = digits < fraction_bits - least_float16_product ? digits : fraction_bits - least_float16_product;
    Real scale, before;
    power_of_two(scale, digits);
    Floats values;
    load(values, d);
    widen(before, values);
    const Integers start = __builtin_convertvector(before * scale, Integers);
    Integers sums[2] = {}; // eight products of less than 2^27 each fit an integer
    for (int half = 0; half < count; half += 8)
#pragma GCC unroll 8
        for (int k = 0; k < 8; k++) {
            load(values, &columns.values[first + half + k][column]);
            Real factors;
            widen(factors, values);
            sums[half / 8] += __builtin_convertvector(factors * row.values[first + half + k][0] * scale, Integers);
        }

    finish(d, start, sums, greatest, before, fraction_bits);
    std::uint64_t words[sizeof(Integers) / 8], any = 0;
    std::memcpy(words, &special, sizeof special);
    for (const std::uint64_t word : words)
        any |= word;
    return any != 0;
}

bool takes_special(float before, const Operand<1>& row, const Operand<most_product_columns>& columns, int column, int first, int count)
{
    bool special = !(std::fabs(before) <= std::numeric_limits<float>::max());
    for (int half = first / 8; half < (first + count) / 8; half++)
        special |= (row.special[half][0] | columns.special[half][column]) != 0;
    return special;
}

// The sum of a fused sum with an infinity or a NaN in it.
float special_sum(float before, const Operand<1>& row, const Operand<most_product_columns>& columns, int column, int first, int count)
{
    double sum = before;
    for (int k = first; k < first + count; k++)
        sum += static_cast<double>(row.values[k][0]) * columns.values[k][column];
    return std::isnan(sum) ? from_bits(0x7fffffffu) : static_cast<float>(sum);
}

template <typename Real, typename Floats, typename Integers>
INLINE void add_row(float* d, const Operand<1>& row, const Operand<most_product_columns>& b, int columns, int depth, const FusedSums& sums)
{
    constexpr int lanes = sizeof(Integers) / 4;
    const int step = sums.products < depth ? sums.products : depth;
    for (int first = 0; first < depth; first += step)
        for (int column = 0; column < columns; column += lanes) {
            float before[lanes];
            std::memcpy(before, d + column, sizeof before);
            if (add_fused<Real, Floats, Integers>(d + column, row, b, column, first, step, sums.fraction_bits))
                for (int i = 0; i < lanes; i++)
                    if (takes_special(before[i], row, b, column + i, first, step))
                        d[column + i] = special_sum(before[i], row, b, column + i, first, step);
        }
}

#if defined(__x86_64__) && defined(__GLIBC__)
#define VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define VECTOR_CLONES
#endif

VECTOR_CLONES void add_float16_row(
    float* d, const Operand<1>& row, const Operand<most_product_columns>& b, int columns, int depth, const FusedSums& sums)
{
    add_row<Eight, Eight, EightIntegers>(d, row, b, columns, depth, sums);
}

VECTOR_CLONES void add_bfloat16_row(
    float* d, const Operand<1>& row, const Operand<most_product_columns>& b, int columns, int depth, const FusedSums& sums)
{
    add_row<Four, FourFloats, FourIntegers>(d, row, b, columns, depth, sums);
}

} // namespace

FusedSums FusedSums::of(int capability_major) { return capability_major >= 9 ? FusedSums{16, 25} : FusedSums{8, 24}; }

void multiply_add(
    const FusedSums& sums, float* d, const std::uint16_t* a, const std::uint16_t* b, int rows, int columns, int depth, bool bfloat16)
{
    static thread_local Operand<most_product_columns> columns_of_b;
    take_apart(columns_of_b, b, columns, depth, bfloat16);
    for (int i = 0; i < rows; i++) {
        Operand<1> row;
        take_apart(row, a + i * depth, 1, depth, bfloat16);
        (bfloat16 ? add_bfloat16_row : add_float16_row)(d + static_cast<std::size_t>(i) * columns, row, columns_of_b, columns, depth, sums);
    }
}

} // namespace emulator
