// Clusters: the barrier of all their threads, addresses in the shared memory of each block, and what has to be over before a block may
// leave.
#include "block_state.hpp"

namespace emulator {

namespace {

struct ClusterBarrier {
    std::uint32_t phase = 0;
    std::vector<bool> arrived;          // in the phase that runs
    std::vector<std::uint32_t> awaited; // by thread: the phase that it arrived in last, and may wait for; 0: none. Phases count from 1
    Clock arriving;
    Clock completed;
};

ClusterBarrier barrier;

// "When all non-exited threads in the cluster have arrived, the barrier completes."
void complete()
{
    Launch& current = launch();
    bool some = false;
    for (int i = 0; i < current.thread_count; i++) {
        if (!barrier.arrived[i] && current.threads[i].state != State::done)
            return;
        some |= barrier.arrived[i];
    }

    if (!some)
        return;
    barrier.phase++;
    barrier.completed = barrier.arriving;
    barrier.arrived.assign(barrier.arrived.size(), false);
    for (int i = 0; i < current.thread_count; i++)
        if (current.threads[i].state == State::at_cluster_barrier)
            make_ready(i);
}

// A block's memory is gone when its last thread has left: whoever arrived at its mbarriers from elsewhere must have done so before one of
// its threads left.
std::string visitor_fault(int block)
{
    Launch& current = launch();
    for (const auto& visit : current.blocks[block]->visits) {
        bool known = false;
        for (int i = block * current.block_threads; i < (block + 1) * current.block_threads && !known; i++)
            known = current.order.is_before(visit.second, i);
        if (!known)
            return "the block ends while thread " + std::to_string(visit.first % current.block_threads) + " of block "
                + std::to_string(block_of(visit.first)) + " of the cluster may still arrive at its mbarriers: nothing orders the two";
    }

    return "";
}

} // namespace

void start_cluster()
{
    barrier = ClusterBarrier();
    barrier.arrived.assign(static_cast<std::size_t>(launch().thread_count), false);
    barrier.awaited.assign(barrier.arrived.size(), 0);
}

std::string leave_cluster(int thread)
{
    Launch& current = launch();
    const int block = block_of(thread);
    complete();
    if (++current.blocks[block]->done < current.block_threads)
        return "";

    for (const auto end : {end_tensor_copies, end_mbarriers, end_warpgroups, end_named_barriers, visitor_fault}) {
        const std::string wrong = end(block);
        if (!wrong.empty())
            return wrong;
    }

    return "";
}

unsigned cluster_address(unsigned address, int block, int line)
{
    if (block < 0 || block >= launch().geometry.cluster_blocks)
        fail(FaultKind::launch_failed, line, "mapa: the cluster has no block " + std::to_string(block));
    return cluster_window * static_cast<unsigned>(block + 1) + shared_window + static_cast<unsigned>(shared_offset(address, 1, line));
}

void cluster_arrive(int line)
{
    Launch& current = launch();
    current.order.refine();
    const int thread = current.running;
    if (barrier.arrived[thread])
        fail(FaultKind::launch_failed, line, "it arrives at the cluster's barrier again before that is complete");
    barrier.arrived[thread] = true;
    barrier.awaited[thread] = barrier.phase + 1;
    current.order.release(thread, barrier.arriving);
    complete();
}

void cluster_wait(int line)
{
    const int thread = launch().running;
    if (barrier.awaited[thread] == 0)
        fail(FaultKind::launch_failed, line, "it waits at the cluster's barrier without having arrived there");
    while (barrier.phase < barrier.awaited[thread])
        wait(State::at_cluster_barrier, line);
    barrier.awaited[thread] = 0;
    launch().order.acquire(thread, barrier.completed);
}

} // namespace emulator
