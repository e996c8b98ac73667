// Named barriers, elections, the fence of the asynchronous proxy.
#include "block_state.hpp"

#include <algorithm>

namespace emulator {

namespace {

constexpr int barrier_count = 16;

struct NamedBarrier {
    int threads = 0; // of the round that runs; 0 between rounds
    bool votes = false; // the round asks who has a condition
    bool any = false;
    std::vector<int> arrived;
    std::vector<int> waiting;
    std::vector<bool*> results;
    Clock clock;
};

// Those of the cluster's blocks, one block after the other.
std::vector<NamedBarrier>& all()
{
    static std::vector<NamedBarrier> instance;
    return instance;
}

// `result` is null where nobody votes.
void come(int id, int threads, bool waits, bool condition, bool* result, int line);

} // namespace

void start_named_barriers()
{
    all().assign(launch().geometry.cluster_blocks * std::size_t{barrier_count}, NamedBarrier());
}

std::string end_named_barriers(int block)
{
    for (int i = 0; i < barrier_count; i++)
        if (all()[block * barrier_count + i].threads != 0)
            return "the block ends in the middle of a round of named barrier " + std::to_string(i);
    return "";
}

void named_barrier(int id, int threads, bool waits, int line) { come(id, threads, waits, false, nullptr, line); }

bool named_barrier_any(int id, int threads, bool condition, int line)
{
    bool result = false;
    come(id, threads, true, condition, &result, line);
    return result;
}

namespace {

void come(int id, int threads, bool waits, bool condition, bool* result, int line)
{
    Launch& current = launch();
    current.order.refine();
    const int thread = current.running;
    const std::string name = "named barrier " + std::to_string(id);
    if (id < 1 || id >= barrier_count)
        fail(FaultKind::launch_failed, line, name + ": there are 1...15, and 0 is the barrier of all threads");
    if (threads < warp_lanes || threads % warp_lanes != 0 || threads > current.block_threads)
        fail(FaultKind::launch_failed, line, name + " for " + std::to_string(threads) + " threads");

    NamedBarrier& barrier = all()[own_block() * barrier_count + id];
    if (barrier.threads != 0 && barrier.threads != threads)
        fail(FaultKind::launch_failed, line,
            name + " for " + std::to_string(threads) + " threads, while others wait there for " + std::to_string(barrier.threads));
    if (std::find(barrier.arrived.begin(), barrier.arrived.end(), thread) != barrier.arrived.end())
        fail(FaultKind::launch_failed, line, name + ": the thread comes to it again before the round is over");

    if (barrier.threads != 0 && barrier.votes != (result != nullptr))
        fail(FaultKind::launch_failed, line, name + ": some threads vote there and some do not");

    barrier.threads = threads;
    barrier.votes = result != nullptr;
    barrier.any |= condition;
    if (result != nullptr)
        barrier.results.push_back(result);
    barrier.arrived.push_back(thread);
    current.order.release(thread, barrier.clock);
    if (waits)
        barrier.waiting.push_back(thread);
    if (static_cast<int>(barrier.arrived.size()) == threads) {
        for (const int waiting : barrier.waiting) {
            current.order.acquire(waiting, barrier.clock);
            if (waiting != thread)
                make_ready(waiting);
        }

        for (bool* vote : barrier.results)
            *vote = barrier.any;
        barrier = NamedBarrier();
        return;
    }

    if (waits)
        wait(State::at_named_barrier, line);
}

} // namespace

void fence_async_proxy(int)
{
    launch().order.refine();
    launch().order.fence_async_proxy(launch().running);
}

} // namespace emulator
