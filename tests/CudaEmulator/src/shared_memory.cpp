#include "shared_memory.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace emulator {

SharedMemory::SharedMemory() : memory_(static_cast<unsigned char*>(std::aligned_alloc(1024, largest)))
{
    if (memory_ == nullptr)
        throw std::bad_alloc();
}

SharedMemory::~SharedMemory() { std::free(memory_); }

void SharedMemory::start_block(std::size_t bytes)
{
    bytes_ = std::min(bytes, largest);
    epoch_ = 1;
    std::memset(memory_, 0xff, bytes_);
    words_.assign((bytes_ + 3) / 4, Word());
}

std::string SharedMemory::access_fault(std::uintptr_t address, std::size_t bytes, bool is_write, int thread)
{
    char buffer[256];
    const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(memory_);
    if (address < begin || address + bytes > begin + bytes_) {
        std::snprintf(buffer, sizeof buffer, "offset %lld is outside the block's %zu bytes of shared memory",
            static_cast<long long>(address - begin), bytes_);
        return buffer;
    }

    const std::size_t offset = address - begin;
    if (offset % bytes != 0) {
        std::snprintf(buffer, sizeof buffer, "offset %zu is not a multiple of its size", offset);
        return buffer;
    }

    for (std::size_t i = offset / 4; i < (offset + bytes + 3) / 4; i++) {
        Word& word = words_[i];
        if (word.copier != nobody) {
            std::snprintf(buffer, sizeof buffer, "thread %d has not waited for its asynchronous copy to offset %zu", word.copier, 4 * i);
            return buffer;
        }

        const bool written_now = word.writer != nobody && word.write_epoch == epoch_ && word.writer != thread;
        const bool read_now = word.reader != nobody && word.read_epoch == epoch_ && word.reader != thread;
        if (written_now) {
            std::snprintf(buffer, sizeof buffer, "thread %d wrote offset %zu and no barrier is between the two", word.writer, 4 * i);
            return buffer;
        }

        if (is_write && read_now) {
            std::snprintf(buffer, sizeof buffer, "%s read offset %zu and no barrier is between the two",
                word.reader == several ? "other threads" : ("thread " + std::to_string(word.reader)).c_str(), 4 * i);
            return buffer;
        }

        if (is_write) {
            word.writer = thread;
            word.write_epoch = epoch_;
            continue;
        }

        if (word.writer == nobody) {
            std::snprintf(buffer, sizeof buffer, "nobody has written offset %zu", 4 * i);
            return buffer;
        }

        word.reader = word.read_epoch != epoch_ || word.reader == thread || word.reader == nobody ? thread : several;
        word.read_epoch = epoch_;
    }

    return "";
}

std::string SharedMemory::begin_copy(std::uintptr_t address, std::size_t bytes, int thread)
{
    const std::string wrong = access_fault(address, bytes, true, thread);
    if (!wrong.empty())
        return wrong;

    std::memset(reinterpret_cast<void*>(address), 0xff, bytes);
    const std::size_t first = (address - reinterpret_cast<std::uintptr_t>(memory_)) / 4;
    for (std::size_t i = first; i < first + bytes / 4; i++)
        words_[i].copier = thread;
    return "";
}

void SharedMemory::land_copy(std::uintptr_t address, const void* data, std::size_t bytes, int thread)
{
    std::memcpy(reinterpret_cast<void*>(address), data, bytes);
    const std::size_t first = (address - reinterpret_cast<std::uintptr_t>(memory_)) / 4;
    for (std::size_t i = first; i < first + bytes / 4; i++) {
        words_[i].copier = nobody;
        words_[i].writer = thread;
        words_[i].write_epoch = epoch_;
    }
}

} // namespace emulator
