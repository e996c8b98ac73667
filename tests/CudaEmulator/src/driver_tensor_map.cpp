// libcuda: cuTensorMapEncodeTiled, with the requirements that its documentation lists.
#include "driver_state.hpp"
#include "tensor_map.hpp"

#include <cstring>

using namespace emulator;

namespace {

// Bytes of an element of each CUtensorMapDataType; packed types of less than a byte are not emulated.
constexpr int element_sizes[] = {1, 2, 4, 4, 8, 8, 2, 4, 8, 2, 4, 4, 4};

// Empty, or the requirement that is not met.
std::string requirement(
    const void* map, unsigned type, unsigned rank, std::uint64_t address, const std::uint64_t* dims, const std::uint64_t* strides,
    const std::uint32_t* box,
    const std::uint32_t* steps, int interleave, int swizzle, int promotion, int fill)
{
    const auto number = [](std::uint64_t value) { return std::to_string(value); };
    if (map == nullptr || reinterpret_cast<std::uintptr_t>(map) % 64 != 0)
        return "the tensor map's address must be a multiple of 64";
    if (type >= std::size(element_sizes))
        return "data type " + number(type) + " is not known";
    if (rank < 1 || rank > 5)
        return "the rank is " + number(rank) + ", not 1...5";
    if (interleave != 0)
        return "interleaved layouts are not emulated";
    if (swizzle < 0 || swizzle > 3)
        return "swizzle " + std::to_string(swizzle) + " is not known";
    if (promotion < 0 || promotion > 3)
        return "L2 promotion " + std::to_string(promotion) + " is not known";
    if (fill != 0)
        return "filling with NaN is not emulated";
    if (address == 0 || address % 16 != 0)
        return "the tensor's address must be a multiple of 16";

    const int bytes = element_sizes[type];
    for (unsigned i = 0; i < rank; i++) {
        if (dims[i] == 0 || dims[i] > (std::uint64_t{1} << 32))
            return "dimension " + number(i) + " has " + number(dims[i]) + " elements, not 1...2^32";
        if (box[i] == 0 || box[i] > 256)
            return "the box has " + number(box[i]) + " elements in dimension " + number(i) + ", not 1...256";
        if (steps[i] != 1)
            return "element strides other than 1 are not emulated";
        if (i + 1 < rank && (strides[i] % 16 != 0 || strides[i] >= (std::uint64_t{1} << 40) || strides[i] == 0))
            return "stride " + number(i) + " is " + number(strides[i]) + " bytes, not a multiple of 16 below 2^40";
    }

    if (box[0] * bytes % 16 != 0)
        return "a row of the box has " + number(box[0] * bytes) + " bytes, not a multiple of 16";
    if (swizzle != 0 && static_cast<int>(box[0]) * bytes > (16 << swizzle))
        return "a row of the box has " + number(box[0] * bytes) + " bytes, more than the swizzle's " + number(16u << swizzle);
    return "";
}

} // namespace

extern "C" CUresult cuTensorMapEncodeTiled(
    void* target, unsigned type, unsigned rank, std::uint64_t address, const std::uint64_t* dims, const std::uint64_t* strides,
    const std::uint32_t* box,
    const std::uint32_t* steps, int interleave, int swizzle, int promotion, int fill)
{
    const std::lock_guard<std::mutex> guard(driver().lock);
    if (const CUresult result = begin("cuTensorMapEncodeTiled"))
        return result;
    if (limits().capability < 90) {
        driver().details = "tensor maps need compute capability 9.0";
        return CUDA_ERROR_NOT_SUPPORTED;
    }

    const std::string wrong = requirement(target, type, rank, address, dims, strides, box, steps, interleave, swizzle, promotion, fill);
    if (!wrong.empty()) {
        driver().details = "cuTensorMapEncodeTiled: " + wrong;
        return CUDA_ERROR_INVALID_VALUE;
    }

    TensorMap map = {};
    map.magic = TensorMap::known;
    map.address = address;
    map.rank = static_cast<std::uint8_t>(rank);
    map.element_bytes = static_cast<std::uint8_t>(element_sizes[type]);
    map.swizzle = static_cast<std::uint8_t>(swizzle);
    for (unsigned i = 0; i < rank; i++) {
        map.dims[i] = dims[i];
        map.strides[i] = i == 0 ? map.element_bytes : strides[i - 1];
        map.box[i] = static_cast<std::uint16_t>(box[i]);
    }

    std::memcpy(target, &map, sizeof map);
    return CUDA_SUCCESS;
}
