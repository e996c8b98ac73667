// Arithmetic: one rounding each, as PTX defines the instructions. ex2, lg2 and rcp are exact to the last bit or so here; a GPU's are not.
#pragma once

#include <cmath>
#include <cstring>

// Every NaN that a GPU's multiplication or addition gives is the same.
KG_DEVICE float kg_emulated_result(float x)
{
    constexpr unsigned int not_a_number = 0x7fffffffu;
    if (x != x)
        std::memcpy(&x, &not_a_number, sizeof x);
    return x;
}

KG_DEVICE float kg_multiply(float a, float b) { return kg_emulated_result(a * b); }
KG_DEVICE float kg_add(float a, float b) { return kg_emulated_result(a + b); }
KG_DEVICE float kg_multiply_add(float a, float b, float c) { return kg_emulated_result(__builtin_fmaf(a, b, c)); }
KG_DEVICE float kg_max(float a, float b) { return std::fmax(a, b); }
KG_DEVICE float kg_max_or_nan(float a, float b) { return std::isnan(a) || std::isnan(b) ? std::nanf("") : std::fmax(a, b); }
KG_DEVICE float kg_reciprocal(float x) { return 1.0f / x; }

KG_DEVICE float kg_flush_subnormal(float x) { return std::fabs(x) < 1.17549435e-38f ? std::copysign(0.0f, x) : x; }
KG_DEVICE float kg_multiply_flush(float a, float b) { return kg_flush_subnormal(kg_flush_subnormal(a) * kg_flush_subnormal(b)); }
KG_DEVICE float kg_exp2(float x) { return kg_flush_subnormal(std::exp2(kg_flush_subnormal(x))); }
KG_DEVICE float kg_log2(float x) { return std::log2(x); }

KG_DEVICE unsigned int kg_f32_bits(float x)
{
    unsigned int bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

KG_DEVICE float kg_bits_f32(unsigned int bits)
{
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

KG_DEVICE float kg_f16_to_f32(unsigned short bits)
{
    _Float16 x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

KG_DEVICE unsigned short kg_f32_to_f16(float x)
{
    const _Float16 rounded = static_cast<_Float16>(x);
    unsigned short bits;
    std::memcpy(&bits, &rounded, sizeof bits);
    return bits;
}
