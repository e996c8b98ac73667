#include "memory.hpp"

#include "settings.hpp"

#include <cstdio>
#include <cstring>
#include <iterator>
#include <new>
#include <sys/mman.h>

namespace emulator {

namespace {

// As on a GPU: addresses are multiples of 256 and an allocation takes whole pages of 512 bytes. The gap makes an overrun fall into nothing.
constexpr std::size_t granularity = 512;
constexpr std::size_t gap = 4096;

std::size_t round_up(std::size_t bytes) { return (bytes + granularity - 1) / granularity * granularity; }

void* map(std::size_t bytes)
{
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    return memory;
}

std::string text(const char* format, unsigned long long a, unsigned long long b, unsigned long long c)
{
    char buffer[256];
    std::snprintf(buffer, sizeof buffer, format, a, b, c);
    return buffer;
}

} // namespace

DeviceMemory& device_memory()
{
    static DeviceMemory instance;
    return instance;
}

void DeviceMemory::reserve()
{
    if (arena_ != 0)
        return;

    // Only addresses are taken here. Room to spare, so that fragments and gaps never make an allocation fail before the memory is used up.
    arena_bytes_ = std::size_t{1} << 38;
    arena_ = reinterpret_cast<std::uintptr_t>(map(arena_bytes_));
    shadow_ = static_cast<std::uint8_t*>(map(arena_bytes_));
}

std::uintptr_t DeviceMemory::allocate(std::size_t bytes)
{
    reserve();
    const std::size_t size = round_up(bytes);
    if (bytes == 0 || size < bytes || size > settings().memory_bytes || used_ > settings().memory_bytes - size)
        return 0;

    std::uintptr_t begin = arena_ + gap;
    for (const auto& block : blocks_) {
        if (block.first - begin >= size + gap)
            break;
        begin = block.first + round_up(block.second) + gap;
    }

    if (begin + size + gap > arena_ + arena_bytes_)
        return 0;

    blocks_[begin] = bytes;
    used_ += size;
    // Bytes of all ones are a NaN in every element type; whoever reads what nobody wrote gets NaN, or is told.
    std::memset(reinterpret_cast<void*>(begin), 0xff, bytes);
    std::memset(written(begin), 0, bytes);
    return begin;
}

bool DeviceMemory::release(std::uintptr_t address)
{
    const auto block = blocks_.find(address);
    if (block == blocks_.end())
        return false;

    const std::size_t size = round_up(block->second);
    blocks_.erase(block);
    used_ -= size;
    for (Range& range : recent_)
        if (range.begin == address)
            range = Range();

    // Whole pages go back to the system; the arena's are 4096 bytes.
    const std::uintptr_t first = (address + 4095) / 4096 * 4096;
    const std::uintptr_t last = (address + size) / 4096 * 4096;
    if (first < last) {
        madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
        madvise(written(first), last - first, MADV_DONTNEED);
    }

    return true;
}

void DeviceMemory::release_all()
{
    while (!blocks_.empty())
        release(blocks_.begin()->first);
}

bool DeviceMemory::find(std::uintptr_t address, Range& range)
{
    for (const Range& candidate : recent_)
        if (address - candidate.begin < candidate.bytes) {
            range = candidate;
            return true;
        }

    auto next = blocks_.upper_bound(address);
    if (next == blocks_.begin())
        return false;

    const auto block = std::prev(next);
    range = Range{block->first, block->second};
    if (address - range.begin >= range.bytes)
        return false;

    recent_[next_recent_] = range;
    next_recent_ = (next_recent_ + 1) % 4;
    return true;
}

std::string DeviceMemory::fault(std::uintptr_t address, std::size_t bytes)
{
    if (bytes == 0)
        return "";

    Range range;
    if (find(address, range)) {
        if (bytes <= range.bytes - (address - range.begin))
            return "";
        return text("it begins at byte %llu of an allocation of %llu bytes and ends %llu bytes past it",
            address - range.begin, range.bytes, address + bytes - range.begin - range.bytes);
    }

    const auto next = blocks_.upper_bound(address);
    if (next != blocks_.begin()) {
        const auto block = std::prev(next);
        const std::uintptr_t end = block->first + block->second;
        if (address - end < gap)
            return text("it begins %llu bytes past the end of an allocation of %llu bytes", address - end, block->second, 0);
    }

    if (next != blocks_.end() && next->first - address <= gap)
        return text("it begins %llu bytes before an allocation of %llu bytes", next->first - address, next->second, 0);

    return "no allocation is near it";
}

std::string DeviceMemory::access_fault(std::uintptr_t address, std::size_t bytes, bool is_write)
{
    std::string wrong = fault(address, bytes);
    if (!wrong.empty())
        return wrong;

    if (is_write) {
        mark_written(address, bytes);
        return "";
    }

    const std::uint8_t* known = written(address);
    for (std::size_t i = 0; i < bytes; i++)
        if (known[i] == 0)
            return "nobody has written that memory";
    return "";
}

void DeviceMemory::mark_written(std::uintptr_t address, std::size_t bytes) { std::memset(written(address), 1, bytes); }

void DeviceMemory::copy_written(std::uintptr_t target, std::uintptr_t source, std::size_t bytes)
{
    std::memmove(written(target), written(source), bytes);
}

} // namespace emulator
