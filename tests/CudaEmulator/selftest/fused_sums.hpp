// What a tensor core adds, by the published rule, one sum at a time.
#pragma once

#include <vector>

namespace selftest {

struct Format {
    const char* name;
    int exponent_bits, fraction_bits;
};

constexpr Format f16 = {"f16", 5, 10};
constexpr Format bf16 = {"bf16", 8, 7};

// Products of one fused sum, and binary digits behind the leading one of the element with the greatest exponent.
struct SumRule {
    int products, digits;
};

constexpr SumRule before_hopper = {8, 24};
constexpr SumRule from_hopper = {16, 25};

// a * b + c of vectors whose elements are bits of a format, as bits.
unsigned fused_dot_product(
    const SumRule& rule, const Format& format, const std::vector<unsigned>& a, const std::vector<unsigned>& b, float c);

unsigned bits_of(float value);

} // namespace selftest
