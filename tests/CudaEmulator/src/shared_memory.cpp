#include "shared_memory.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace emulator {

namespace {

template <typename... Values>
std::string text(const char* format, Values... values)
{
    char buffer[256];
    std::snprintf(buffer, sizeof buffer, format, values...);
    return buffer;
}

} // namespace

SharedMemory::SharedMemory() : memory_(static_cast<unsigned char*>(std::aligned_alloc(1024, largest)))
{
    if (memory_ == nullptr)
        throw std::bad_alloc();
}

SharedMemory::~SharedMemory() { std::free(memory_); }

void SharedMemory::start_block(std::size_t bytes, const Ordering* order)
{
    bytes_ = std::min(bytes, largest);
    order_ = order;
    std::memset(memory_, 0xff, bytes_);
    words_.assign((bytes_ + 3) / 4, Word());
    chunks_.assign((bytes_ + chunk_bytes - 1) / chunk_bytes, Chunk());
    word_reads_.clear();
    used_lists_ = 0;
}

std::string SharedMemory::outside(std::size_t offset) const
{
    return text("offset %lld is outside the block's %zu bytes of shared memory", static_cast<long long>(offset), bytes_);
}

// What forbids a write to the word by `thread`; forgets the reads that are before it.
std::string SharedMemory::write_fault(std::size_t i, int thread)
{
    Word& word = words_[i];
    if (word.is_mbarrier)
        return text("an mbarrier lies at offset %zu", 4 * i);
    if (word.copier != nobody)
        return text("thread %d has not waited for its asynchronous copy to offset %zu", word.copier, 4 * i);
    if (word.write.agent != nobody && !order_->is_seen(word.write, thread))
        return text(word.write.agent < order_->threads() ? "thread %d wrote offset %zu and no barrier is between the two"
                                                         : "a tensor copy (agent %d) wrote offset %zu and its mbarrier was not waited for",
            word.write.agent, 4 * i);
    if (word.reader != nobody && word.read.epoch == order_->epoch()) {
        const bool one = word.reader != several;
        bool before = order_->is_before(word.read, thread) && (one || order_->is_fine());
        if (before && !one && !word_reads_.empty())
            for (const Moment& read : word_reads_[i])
                before &= order_->is_before(read, thread);
        if (!before)
            return text("%s read offset %zu and no barrier is between the two",
                one ? ("thread " + std::to_string(word.reader)).c_str() : "other threads", 4 * i);
    }

    const Chunk& chunk = chunks_[4 * i / chunk_bytes];
    if (chunk.async_readers > 0)
        return text("an asynchronous product or copy still reads offset %zu", 4 * i);
    if (chunk.list != nobody)
        for (const Moment& read : lists_[chunk.list])
            if (!order_->is_before(read, thread))
                return text("the warp of thread %d read offset %zu by an asynchronous product or copy, and nothing since then orders the "
                    "two", read.agent, 4 * i);
    return "";
}

std::string SharedMemory::access_fault(std::uintptr_t address, std::size_t bytes, bool is_write, int thread)
{
    const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(memory_);
    if (address < begin || address + bytes > begin + bytes_)
        return outside(address - begin);

    const std::size_t offset = address - begin;
    if (offset % bytes != 0)
        return text("offset %zu is not a multiple of its size", offset);

    for (std::size_t i = offset / 4; i < (offset + bytes + 3) / 4; i++) {
        Word& word = words_[i];
        if (is_write) {
            const std::string wrong = write_fault(i, thread);
            if (!wrong.empty())
                return wrong;
            word.write = order_->now(thread);
            word.reader = nobody;
            continue;
        }

        if (word.is_mbarrier)
            return text("an mbarrier lies at offset %zu", 4 * i);
        if (word.copier != nobody)
            return text("thread %d has not waited for its asynchronous copy to offset %zu", word.copier, 4 * i);
        if (word.write.agent == nobody)
            return text("nobody has written offset %zu", 4 * i);
        if (!order_->is_seen(word.write, thread))
            return text(word.write.agent < order_->threads() ? "thread %d wrote offset %zu and no barrier is between the two"
                                                             : "a tensor copy (agent %d) wrote offset %zu and its mbarrier was not "
                                                                 "waited for",
                word.write.agent, 4 * i);

        const bool fresh = word.reader == nobody || word.read.epoch != order_->epoch();
        if (order_->is_fine() && !fresh && word.reader != thread) {
            word_reads_.resize(words_.size());
            if (word.reader != several)
                word_reads_[i].assign(1, word.read);
            word_reads_[i].push_back(order_->now(thread));
        }

        word.reader = fresh || word.reader == thread ? thread : several;
        word.read = order_->now(thread);
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
        words_[i].write = order_->now(thread);
    }
}

std::string SharedMemory::begin_tensor_copy(std::size_t offset, int thread)
{
    if (offset + chunk_bytes > bytes_)
        return outside(offset);
    for (std::size_t i = offset / 4; i < (offset + chunk_bytes) / 4; i++) {
        const std::string wrong = write_fault(i, thread);
        if (!wrong.empty())
            return wrong;
        words_[i].copier = thread;
        words_[i].reader = nobody;
    }

    std::memset(memory_ + offset, 0xff, chunk_bytes);
    const Chunk& chunk = chunks_[offset / chunk_bytes];
    if (chunk.list != nobody)
        lists_[chunk.list].clear();
    return "";
}

void SharedMemory::land_tensor_copy(std::size_t offset, const void* data, const Moment& moment)
{
    std::memcpy(memory_ + offset, data, chunk_bytes);
    for (std::size_t i = offset / 4; i < (offset + chunk_bytes) / 4; i++) {
        words_[i].copier = nobody;
        words_[i].write = moment;
    }
}

std::string SharedMemory::begin_async_read(std::size_t offset, const Clock& least, const char* reader)
{
    if (offset + chunk_bytes > bytes_)
        return std::string(reader) + ": " + outside(offset);
    for (std::size_t i = offset / 4; i < (offset + chunk_bytes) / 4; i++) {
        const Word& word = words_[i];
        if (word.is_mbarrier)
            return text("%s: an mbarrier lies at offset %zu", reader, 4 * i);
        if (word.copier != nobody)
            return text("%s: the asynchronous copy of thread %d to offset %zu has not landed", reader, word.copier, 4 * i);
        if (word.write.agent == nobody)
            return text("%s: nobody has written offset %zu", reader, 4 * i);
        if (!order_->is_seen(word.write, least))
            return text(word.write.agent < order_->threads() ? "%s: thread %d wrote offset %zu and no barrier is between the two"
                                                             : "%s: a tensor copy (agent %d) wrote offset %zu and its mbarrier was not "
                                                                 "waited for",
                reader, word.write.agent, 4 * i);
        if (word.write.agent < order_->threads() && !order_->is_fenced(word.write, least))
            return text(
                "%s: thread %d wrote offset %zu and no fence of the asynchronous proxy comes after it", reader, word.write.agent, 4 * i);
    }

    chunks_[offset / chunk_bytes].async_readers++;
    return "";
}

void SharedMemory::end_async_read(std::size_t offset, const Moment& reader, bool is_last)
{
    Chunk& chunk = chunks_[offset / chunk_bytes];
    chunk.async_readers -= is_last;
    if (chunk.list == nobody) {
        chunk.list = used_lists_++;
        if (static_cast<std::size_t>(chunk.list) == lists_.size())
            lists_.emplace_back();
        lists_[chunk.list].clear();
    }

    std::vector<Moment>& list = lists_[chunk.list];
    for (Moment& known : list)
        if (known.agent == reader.agent) {
            known = reader;
            return;
        }

    list.push_back(reader);
}

std::string SharedMemory::claim_mbarrier(std::size_t offset, int thread)
{
    if (offset + 8 > bytes_)
        return outside(offset);
    for (std::size_t i = offset / 4; i < offset / 4 + 2; i++) {
        const std::string wrong = write_fault(i, thread);
        if (!wrong.empty())
            return wrong;
        words_[i].is_mbarrier = true;
        words_[i].write = order_->now(thread);
    }

    return "";
}

} // namespace emulator
