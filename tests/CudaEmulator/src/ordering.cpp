#include "ordering.hpp"

#include <algorithm>

namespace emulator {

namespace {

void raise(Clock& target, const Clock& source, std::size_t entries)
{
    for (std::size_t i = 0; i < entries; i++)
        target[i] = std::max(target[i], source[i]);
}

} // namespace

void Ordering::advance(int thread)
{
    clocks_[thread][thread]++;
    clocks_[thread][store_entry(thread)] = clocks_[thread][thread];
}

void Ordering::refine()
{
    if (is_fine_)
        return;

    is_fine_ = true;
    clocks_.resize(threads_);
    fences_.resize(threads_);
    for (int i = 0; i < threads_; i++) {
        clocks_[i].assign(entries(), 0);
        advance(i);
        fences_[i].clear();
    }
}

Clock Ordering::least_clock(int first, int count) const
{
    Clock least = clocks_[first];
    for (int i = first + 1; i < first + count; i++)
        for (std::size_t j = 0; j < least.size(); j++)
            least[j] = std::min(least[j], clocks_[i][j]);
    return least;
}

void Ordering::pass_barrier()
{
    epoch_++;
    if (is_fine_)
        join(0, threads_);
}

void Ordering::release(int thread, Clock& target, Carries carries)
{
    target.resize(clocks_[thread].size());
    raise(target, clocks_[thread], carries == Carries::reads && first_store_ > 0 ? first_store_ : target.size());
    advance(thread);
}

void Ordering::acquire(int thread, const Clock& source)
{
    if (!source.empty())
        raise(clocks_[thread], source, source.size());
}

void Ordering::join(int first, int count)
{
    Clock all = clocks_[first];
    for (int i = first + 1; i < first + count; i++)
        raise(all, clocks_[i], all.size());
    for (int i = first; i < first + count; i++) {
        clocks_[i] = all;
        advance(i);
    }
}

void Ordering::fence_async_proxy(int thread)
{
    fences_[thread].push_back(now(thread));
    advance(thread);
}

bool Ordering::is_fenced(const Moment& moment, const Clock& least) const
{
    for (const Moment& fence : fences_[moment.agent])
        if (fence.tick >= moment.tick)
            return fence.epoch != epoch_ || least[moment.agent] > fence.tick;
    return false;
}

} // namespace emulator
