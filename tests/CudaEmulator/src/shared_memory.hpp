// The shared memory of a block, which remembers for each 4-byte word who wrote and read it since the last barrier.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace emulator {

class SharedMemory {
public:
    static constexpr std::size_t largest = 256 * 1024;

    SharedMemory();
    ~SharedMemory();
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;

    float* begin() const { return reinterpret_cast<float*>(memory_); }

    // A new block: all words hold NaN that nobody wrote.
    void start_block(std::size_t bytes);

    // All threads passed a barrier.
    void pass_barrier() { epoch_++; }

    // Empty when `thread` may touch the bytes; else what is wrong with it. Two threads that touch a word between the same two barriers,
    // one of them writing, race: which of them comes first is chance.
    std::string access_fault(std::uintptr_t address, std::size_t bytes, bool is_write, int thread);

    // An asynchronous copy begins: until it lands the bytes are NaN, and nobody may touch them. As access_fault() of a write.
    std::string begin_copy(std::uintptr_t address, std::size_t bytes, int thread);

    // The copy lands: its thread writes the bytes now.
    void land_copy(std::uintptr_t address, const void* data, std::size_t bytes, int thread);

private:
    static constexpr int nobody = -1;
    static constexpr int several = -2;

    struct Word {
        std::uint32_t write_epoch = 0;
        std::uint32_t read_epoch = 0;
        int writer = nobody;
        int reader = nobody;
        int copier = nobody; // the thread of the asynchronous copy that has not landed
    };

    unsigned char* memory_;
    std::size_t bytes_ = 0;
    std::uint32_t epoch_ = 1;
    std::vector<Word> words_;
};

} // namespace emulator
