// What happened before what in a block: a vector clock per thread. A thread's own entry counts its releases; a phase that asynchronous
// copies completed on an mbarrier has an entry of its own. Blocks that know no barrier but the one of all threads need only its count, the
// epoch. Between blocks of a cluster some releases carry no stores: there a second entry for each thread says up to when its stores are
// known.
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

// What a release tells of: all that the thread did, or that it has read, and that its asynchronous products and copies are over, but not
// what it stored.
enum class Carries { all, reads };

class Ordering {
public:
    static constexpr int most_mbarriers = 64;

    // One block, or those of a cluster.
    void start_block(int threads, bool is_cluster)
    {
        threads_ = threads;
        first_store_ = is_cluster ? threads + most_mbarriers : 0;
        epoch_ = 1;
        is_fine_ = false;
    }

    int threads() const { return threads_; }
    int entries() const { return first_store_ + (first_store_ == 0 ? threads_ + most_mbarriers : threads_); }
    bool is_fine() const { return is_fine_; }
    std::uint32_t epoch() const { return epoch_; }

    // From now on order is known thread by thread.
    void refine();

    Moment now(int thread) const { return {thread, epoch_, is_fine_ ? clocks_[thread][thread] : 1}; }

    // Whether `moment` happened before what `thread` does now.
    bool is_before(const Moment& moment, int thread) const
    {
        return moment.agent == thread || (moment.agent < threads_ && moment.epoch != epoch_)
            || (is_fine_ && clocks_[thread][moment.agent] >= moment.tick);
    }

    // Whether what was written at `moment` is seen by what `thread` does now.
    bool is_seen(const Moment& moment, int thread) const
    {
        return moment.agent == thread || (moment.agent < threads_ && moment.epoch != epoch_)
            || (is_fine_ && clocks_[thread][store_entry(moment.agent)] >= moment.tick);
    }

    // The same for every thread that shares in `least`, as least_clock() gives it.
    bool is_seen(const Moment& moment, const Clock& least) const
    {
        return (moment.agent < threads_ && moment.epoch != epoch_) || least[store_entry(moment.agent)] >= moment.tick;
    }

    // What all threads of a range know.
    Clock least_clock(int first, int count) const;

    // All threads passed a barrier. (Those of one block of a cluster join, as below.)
    void pass_barrier();

    // What `thread` did until now becomes part of `target`.
    void release(int thread, Clock& target, Carries carries = Carries::all);
    void acquire(int thread, const Clock& source);

    // `threads` did something together: afterwards each knows what the others did before.
    void join(int first, int count);

    // The thread's writes to shared memory are visible to the asynchronous proxy from here on.
    void fence_async_proxy(int thread);

    // Whether a write of `moment` was fenced by its thread, and whoever shares in `least` knows of the fence.
    bool is_fenced(const Moment& moment, const Clock& least) const;

    Clock& clock(int thread) { return clocks_[thread]; }

private:
    int store_entry(int agent) const { return first_store_ > 0 && agent < threads_ ? first_store_ + agent : agent; }
    // The thread's next moment.
    void advance(int thread);

    int threads_ = 0;
    int first_store_ = 0; // the entries of stores begin here; 0: there are none
    std::uint32_t epoch_ = 1;
    bool is_fine_ = false;
    std::vector<Clock> clocks_;
    std::vector<std::vector<Moment>> fences_;
};

} // namespace emulator
