// Device memory: an arena of host memory in which every allocation is known, apart from its neighbours, and remembers which bytes were
// written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace emulator {

class DeviceMemory {
public:
    // The address, or 0 when `bytes` do not fit.
    std::uintptr_t allocate(std::size_t bytes);

    // False when `address` is not the beginning of an allocation.
    bool release(std::uintptr_t address);

    void release_all();

    // Empty when [address, address + bytes) lies in one allocation; else what is wrong with it.
    std::string fault(std::uintptr_t address, std::size_t bytes);

    // As fault(), and a read must find every byte written before.
    std::string access_fault(std::uintptr_t address, std::size_t bytes, bool is_write);

    // The host wrote to, or set, a range that fault() found good.
    void mark_written(std::uintptr_t address, std::size_t bytes);

    // Copies between two good ranges what is known of them.
    void copy_written(std::uintptr_t target, std::uintptr_t source, std::size_t bytes);

    std::size_t used() const { return used_; }
    std::size_t allocations() const { return blocks_.size(); }

private:
    struct Range {
        std::uintptr_t begin = 0;
        std::size_t bytes = 0;
    };

    void reserve();
    bool find(std::uintptr_t address, Range& range);
    std::uint8_t* written(std::uintptr_t address) { return shadow_ + (address - arena_); }

    std::uintptr_t arena_ = 0;
    std::size_t arena_bytes_ = 0;
    std::uint8_t* shadow_ = nullptr; // 1 for a byte that was written
    std::map<std::uintptr_t, std::size_t> blocks_;
    std::size_t used_ = 0;
    Range recent_[4];
    int next_recent_ = 0;
};

DeviceMemory& device_memory();

} // namespace emulator
