// What happened before what in a block: a vector clock per thread. A thread's own entry counts its releases; a phase that asynchronous copies completed
// on an mbarrier has an entry of its own. Blocks that know no barrier but the one of all threads need only its count, the epoch.
#pragma once

#include <cstdint>
#include <vector>

namespace emulator {

using Clock = std::vector<std::uint32_t>;

// A moment of one agent: a thread, or the asynchronous copies of an mbarrier.
struct Moment {
    int agent = -1;
    std::uint32_t epoch = 0;
    std::uint32_t tick = 0;
};

class Ordering {
public:
    static constexpr int most_mbarriers = 64;

    void start_block(int threads)
    {
        threads_ = threads;
        epoch_ = 1;
        is_fine_ = false;
    }

    int threads() const { return threads_; }
    bool is_fine() const { return is_fine_; }
    std::uint32_t epoch() const { return epoch_; }

    // From now on order is known thread by thread.
    void refine();

    Moment now(int thread) const { return {thread, epoch_, is_fine_ ? clocks_[thread][thread] : 1}; }

    // Whether `moment` happened before what `thread` does now.
    bool is_before(const Moment& moment, int thread) const
    {
        return moment.agent == thread || (moment.agent < threads_ && moment.epoch != epoch_) || (is_fine_ && clocks_[thread][moment.agent] >= moment.tick);
    }

    // The same for every thread that shares in `least`, as least_clock() gives it.
    bool is_before(const Moment& moment, const Clock& least) const
    {
        return (moment.agent < threads_ && moment.epoch != epoch_) || least[moment.agent] >= moment.tick;
    }

    // What all threads of a range know.
    Clock least_clock(int first, int count) const;

    // All threads passed a barrier. (Those of one block of a cluster join, as below.)
    void pass_barrier();

    // What `thread` did until now becomes part of `target`.
    void release(int thread, Clock& target);
    void acquire(int thread, const Clock& source);

    // `threads` did something together: afterwards each knows what the others did before.
    void join(int first, int count);

    // The thread's writes to shared memory are visible to the asynchronous proxy from here on.
    void fence_async_proxy(int thread);

    // Whether a write of `moment` was fenced by its thread, and whoever shares in `least` knows of the fence.
    bool is_fenced(const Moment& moment, const Clock& least) const;

    Clock& clock(int thread) { return clocks_[thread]; }

private:
    int threads_ = 0;
    std::uint32_t epoch_ = 1;
    bool is_fine_ = false;
    std::vector<Clock> clocks_;
    std::vector<std::vector<Moment>> fences_;
};

} // namespace emulator
