// A tensor of any element type, on the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace selftest {

struct Strides {
    long long batch = 0, head = 0, row = 0;
};

inline float f16_value(std::uint16_t bits)
{
    _Float16 value;
    std::memcpy(&value, &bits, 2);
    return value;
}

inline std::uint16_t f16_bits(float value)
{
    const _Float16 rounded = static_cast<_Float16>(value);
    std::uint16_t bits;
    std::memcpy(&bits, &rounded, 2);
    return bits;
}

inline float bf16_value(std::uint16_t bits)
{
    const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
    float value;
    std::memcpy(&value, &wide, 4);
    return value;
}

// Rounds by the definition: the nearer neighbour, the even one of two equally near.
inline std::uint16_t bf16_bits(float value)
{
    std::uint32_t wide;
    std::memcpy(&wide, &value, 4);
    const std::uint32_t rest = wide & 0xffff;
    std::uint32_t upper = wide >> 16;
    if (rest > 0x8000 || (rest == 0x8000 && upper % 2 == 1))
        upper++;
    return static_cast<std::uint16_t>(upper);
}

struct Tensor {
    std::string element;
    std::vector<unsigned char> bytes;
    Strides strides;

    std::size_t element_bytes() const { return element == "f32" ? 4 : 2; }

    float get(long long at) const
    {
        if (element == "f32") {
            float value;
            std::memcpy(&value, &bytes[at * 4], 4);
            return value;
        }

        std::uint16_t bits;
        std::memcpy(&bits, &bytes[at * 2], 2);
        return element == "f16" ? f16_value(bits) : bf16_value(bits);
    }

    std::vector<float> values() const
    {
        std::vector<float> all(bytes.size() / element_bytes());
        for (std::size_t i = 0; i < all.size(); i++)
            all[i] = get(static_cast<long long>(i));
        return all;
    }

    void set(long long at, float value)
    {
        if (element == "f32") {
            std::memcpy(&bytes[at * 4], &value, 4);
            return;
        }

        const std::uint16_t bits = element == "f16" ? f16_bits(value) : bf16_bits(value);
        std::memcpy(&bytes[at * 2], &bits, 2);
    }
};

} // namespace selftest
