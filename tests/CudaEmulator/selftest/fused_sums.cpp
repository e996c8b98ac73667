#include "fused_sums.hpp"

#include "gpu.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace selftest {

namespace {

// A number as fraction * 2^exponent: 1 <= |fraction| < 2 but for subnormal numbers and zero, which have the least exponent of normal ones.
struct Parts {
    double fraction;
    int exponent;
};

Parts parts_of(double value, int least_exponent)
{
    if (value == 0)
        return {0, least_exponent};
    int exponent;
    std::frexp(value, &exponent);
    exponent = std::max(exponent - 1, least_exponent);
    return {std::ldexp(value, -exponent), exponent};
}

double cut(double value, int digits) { return std::ldexp(std::trunc(std::ldexp(value, digits)), -digits); }

float fused_sum(int digits, const Format& format, const unsigned* a, const unsigned* b, int count, float c)
{
    const int least = 2 - (1 << (format.exponent_bits - 1));
    std::vector<Parts> parts = {parts_of(c, -126)};
    double all = c;
    for (int i = 0; i < count; i++) {
        const double x =
            decode(a[i], format.exponent_bits, format.fraction_bits), y = decode(b[i], format.exponent_bits, format.fraction_bits);
        all += x * y;
        const Parts left = parts_of(x, least), right = parts_of(y, least);
        if (x != 0 && y != 0)
            parts.push_back({left.fraction * right.fraction, left.exponent + right.exponent});
    }

    if (std::isnan(all) || std::isinf(all))
        return static_cast<float>(all);
    int greatest = parts[0].exponent;
    for (const Parts& part : parts)
        greatest = std::max(greatest, part.exponent);
    double sum = 0;
    for (const Parts& part : parts)
        sum += cut(std::ldexp(part.fraction, part.exponent - greatest), digits);
    const Parts whole = parts_of(std::ldexp(sum, greatest), -126);
    const double result = std::ldexp(cut(whole.fraction, 23), whole.exponent);
    return std::fabs(result) >= std::ldexp(1.0, 128)
        ? std::copysign(std::numeric_limits<float>::infinity(), static_cast<float>(result))
        : static_cast<float>(result) + 0.0f;
}

} // namespace

unsigned bits_of(float value)
{
    unsigned bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

unsigned fused_dot_product(
    const SumRule& rule, const Format& format, const std::vector<unsigned>& a, const std::vector<unsigned>& b, float c)
{
    const int depth = static_cast<int>(a.size());
    for (int first = 0; first < depth; first += rule.products)
        c = fused_sum(rule.digits, format, &a[first], &b[first], std::min(rule.products, depth - first), c);
    return std::isnan(c) ? 0x7fffffffu : bits_of(c);
}

} // namespace selftest
