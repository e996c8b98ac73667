// The shared memory of a block, which remembers who wrote and read it, so that accesses without an order between them are found whatever
// the order was.
#pragma once

#include "ordering.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace emulator {

class SharedMemory {
public:
    static constexpr std::size_t largest = 256 * 1024;
    static constexpr std::size_t chunk_bytes = 16; // what asynchronous reads and writes are made of

    SharedMemory();
    ~SharedMemory();
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;

    float* begin() const { return reinterpret_cast<float*>(memory_); }
    std::size_t bytes() const { return bytes_; }

    // A new block: all words hold NaN that nobody wrote.
    void start_block(std::size_t bytes, const Ordering* order);

    // Empty when `thread` may touch the bytes; else what is wrong with it. Two threads that touch a word with nothing between them that
    // orders them, one of them writing, race: which of them comes first is chance.
    std::string access_fault(std::uintptr_t address, std::size_t bytes, bool is_write, int thread);

    // An asynchronous copy begins: until it lands the bytes are NaN, and nobody may touch them. As access_fault() of a write.
    std::string begin_copy(std::uintptr_t address, std::size_t bytes, int thread);

    // The copy lands: its thread writes the bytes now.
    void land_copy(std::uintptr_t address, const void* data, std::size_t bytes, int thread);

    // The same for a copy of one chunk that an mbarrier tells the landing of; `moment` is the mbarrier's phase.
    std::string begin_tensor_copy(std::size_t offset, int thread);
    void land_tensor_copy(std::size_t offset, const void* data, const Moment& moment);

    // The asynchronous proxy begins to read a chunk on behalf of threads that all know `least`: as access_fault() of a read; what threads
    // wrote must be fenced. Until it ends nobody may write there; it ends once for each reader, and for good with the last.
    std::string begin_async_read(std::size_t offset, const Clock& least, const char* reader);
    void end_async_read(std::size_t offset, const Moment& reader, bool is_last = true);

    // The eight bytes become an mbarrier.
    std::string claim_mbarrier(std::size_t offset, int thread);
    bool is_mbarrier(std::size_t offset) const { return offset + 8 <= bytes_ && words_[offset / 4].is_mbarrier; }

private:
    static constexpr int nobody = -1;
    static constexpr int several = -2;

    struct Word {
        Moment write;
        Moment read; // of `several`, the last one
        int reader = nobody;
        int copier = nobody; // the thread of the asynchronous copy that has not landed
        bool is_mbarrier = false;
    };

    struct Chunk {
        int async_readers = 0;
        int list = nobody; // of reads that are over
    };

    std::string write_fault(std::size_t word, int thread);
    std::string outside(std::size_t offset) const;

    unsigned char* memory_;
    std::size_t bytes_ = 0;
    const Ordering* order_ = nullptr;
    std::vector<Word> words_;
    std::vector<Chunk> chunks_;
    std::vector<std::vector<Moment>> lists_; // by Chunk::list, and by word where several threads read
    std::vector<std::vector<Moment>> word_reads_;
    int used_lists_ = 0;
};

} // namespace emulator
