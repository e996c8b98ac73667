// What the threads of a warp or a warpgroup do together: shuffles and operations, which run when the last of them has come.
#include "block_state.hpp"

namespace emulator {

void with_warpgroup(std::string (*operation)(int first_thread), void* lane, int line)
{
    Launch& current = launch();
    if (current.running / warpgroup_threads * warpgroup_threads + warpgroup_threads > current.thread_count)
        fail(FaultKind::launch_failed, line, "an operation of a warpgroup, of which the block has no 128 threads");

    EmulatedThread& self = current.threads[current.running];
    self.lane = lane;
    self.warpgroup_operation = operation;
    wait(State::at_warpgroup_operation, line);
}

unsigned shuffle_xor(unsigned value, int lane_bits, int line)
{
    Launch& current = launch();
    EmulatedThread& self = current.threads[current.running];
    self.value = value;
    self.lane_bits = lane_bits;
    wait(State::at_shuffle, line);
    return self.value;
}

void warp_operation(void* lane, void (*operation)(void* const*), int line)
{
    Launch& current = launch();
    EmulatedThread& self = current.threads[current.running];
    if (current.running / warp_lanes * warp_lanes + warp_lanes > current.thread_count)
        fail(FaultKind::launch_failed, line, "an operation of a whole warp, of which the block has no 32 threads");

    self.lane = lane;
    self.operation = operation;
    wait(State::at_warp_operation, line);
}

namespace {

// Runs the operation of a warp when its threads have all come to it.
bool run_warp_operation(int first)
{
    EmulatedThread* threads = &launch().threads[first];
    void* lanes[warp_lanes];
    for (int i = 0; i < warp_lanes; i++) {
        if (threads[i].state != State::at_warp_operation || threads[i].line != threads[0].line
            || threads[i].operation != threads[0].operation)
            return false;
        lanes[i] = threads[i].lane;
    }

    threads[0].operation(lanes);
    for (int i = 0; i < warp_lanes; i++)
        make_ready(first + i);
    return true;
}

bool run_warpgroup_operation(int first)
{
    EmulatedThread* threads = &launch().threads[first];
    for (int i = 0; i < warpgroup_threads; i++)
        if (threads[i].state != State::at_warpgroup_operation || threads[i].line != threads[0].line
            || threads[i].warpgroup_operation != threads[0].warpgroup_operation)
            return false;

    // An operation may keep the threads waiting for something else.
    for (int i = 0; i < warpgroup_threads; i++)
        threads[i].state = State::ready;
    const std::string wrong = threads[0].warpgroup_operation(first);
    if (!wrong.empty())
        report(FaultKind::launch_failed, first, threads[0].line, wrong);
    for (int i = 0; i < warpgroup_threads; i++)
        if (threads[i].state == State::ready)
            launch().ready.push_back(first + i);
    return true;
}

// Releases a warp when its threads have all come to the same shuffle.
bool release_warp(int first)
{
    Launch& current = launch();
    const int count = current.thread_count - first < warp_lanes ? current.thread_count - first : warp_lanes;
    EmulatedThread* lanes = &current.threads[first];
    unsigned values[warp_lanes];
    for (int i = 0; i < count; i++) {
        if (lanes[i].state != State::at_shuffle || lanes[i].line != lanes[0].line || lanes[i].lane_bits != lanes[0].lane_bits)
            return false;
        values[i] = lanes[i].value;
    }

    for (int i = 0; i < count; i++) {
        lanes[i].value = (i ^ lanes[i].lane_bits) < count ? values[i ^ lanes[i].lane_bits] : lanes[i].value;
        make_ready(first + i);
    }

    return true;
}

} // namespace

void thread_waits(int thread)
{
    Launch& current = launch();
    const State state = current.threads[thread].state;
    if (state == State::at_shuffle || state == State::at_warp_operation) {
        const int first = thread / warp_lanes * warp_lanes;
        const int count = current.thread_count - first < warp_lanes ? current.thread_count - first : warp_lanes;
        int& waiting = current.warp_waiting[thread / warp_lanes];
        if (++waiting == count && (state == State::at_shuffle ? release_warp(first) : run_warp_operation(first)))
            waiting = 0;
    } else if (state == State::at_warpgroup_operation) {
        int& waiting = current.warpgroup_waiting[thread / warpgroup_threads];
        if (++waiting == warpgroup_threads && run_warpgroup_operation(thread / warpgroup_threads * warpgroup_threads))
            waiting = 0;
    }
}

} // namespace emulator
