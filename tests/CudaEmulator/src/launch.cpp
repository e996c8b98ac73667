#include "launch.hpp"

#include "block_state.hpp"
#include "memory.hpp"
#include "settings.hpp"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

namespace emulator {

Launch& launch()
{
    static Launch instance;
    return instance;
}

int block_of(int thread) { return thread / launch().block_threads; }
int own_block() { return block_of(launch().running); }
SharedMemory& own_shared() { return launch().blocks[own_block()]->shared; }

unsigned next_random(unsigned below)
{
    std::uint64_t& state = launch().random;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<unsigned>((state >> 32) * below >> 32);
}

void report(FaultKind kind, int thread, int line, const std::string& what)
{
    Launch& current = launch();
    if (current.fault.kind != FaultKind::none)
        return;

    const Thread& place = calls()->current;
    char where[160];
    std::snprintf(where, sizeof where, ", block (%d, %d), thread %d, line %d: ", current.first_block + block_of(thread), place.block_y,
        thread % current.block_threads, line);
    current.fault.kind = kind;
    current.fault.message = "kernel " + current.name + where + what;
}

// Leaves the running fiber for good.
[[noreturn]] void fail(FaultKind kind, int line, const std::string& what)
{
    Launch& current = launch();
    report(kind, current.running, line, what);
    current.threads[current.running].state = State::done;
    for (;;)
        current.threads[current.running].fiber->leave();
}

void wait(State state, int line)
{
    Launch& current = launch();
    EmulatedThread& self = current.threads[current.running];
    self.state = state;
    self.line = line;
    self.fiber->leave();
}

void make_ready(int thread)
{
    launch().threads[thread].state = State::ready;
    launch().ready.push_back(thread);
}

std::size_t shared_offset(unsigned address, std::size_t alignment, int line)
{
    const ClusterPlace place = cluster_place(address, alignment, line);
    if (place.block != own_block())
        fail(FaultKind::illegal_address, line,
            "the instruction takes addresses of the block's own shared memory, not of block " + std::to_string(place.block)
                + " of the cluster");
    return place.offset;
}

ClusterPlace cluster_place(unsigned address, std::size_t alignment, int line)
{
    // What lies below the first window of the cluster is the block's own.
    const int block = address < cluster_window ? own_block() : static_cast<int>(address / cluster_window) - 1;
    const unsigned within = address % cluster_window;
    if (block >= launch().geometry.cluster_blocks || within < shared_window || within - shared_window >= own_shared().bytes())
        fail(FaultKind::illegal_address, line, "shared address " + std::to_string(address) + " is outside the block's shared memory");
    const std::uint32_t offset = within - shared_window;
    if (offset % alignment != 0)
        fail(FaultKind::misaligned_address, line,
            "shared offset " + std::to_string(offset) + " is not a multiple of " + std::to_string(alignment));
    return {block, offset};
}

std::string describe(const char* access, std::size_t bytes, const void* address)
{
    char buffer[128];
    std::snprintf(buffer, sizeof buffer, "%s of %zu bytes at %p: ", access, bytes, address);
    return buffer;
}

void misaligned_shared(const void* address, std::size_t alignment, int line)
{
    const auto offset = reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(own_shared().begin());
    fail(FaultKind::misaligned_address, line,
        "shared offset " + std::to_string(offset) + " is not a multiple of " + std::to_string(alignment));
}

namespace {

void barrier(int line) { wait(State::at_barrier, line); }

void global_access(const void* address, std::size_t bytes, std::size_t alignment, bool is_write, int line)
{
    const auto place = reinterpret_cast<std::uintptr_t>(address);
    const char* access = is_write ? "global store" : "global load";
    if (place % alignment != 0)
        fail(FaultKind::misaligned_address, line,
            describe(access, bytes, address) + "the address is not a multiple of " + std::to_string(alignment));

    const std::string wrong = device_memory().access_fault(place, bytes, is_write);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, describe(access, bytes, address) + wrong);
}

void shared_access(const void* address, std::size_t bytes, bool is_write, int line)
{
    Launch& current = launch();
    const std::string wrong = own_shared().access_fault(reinterpret_cast<std::uintptr_t>(address), bytes, is_write, current.running);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, describe(is_write ? "shared store" : "shared load", bytes, address) + wrong);
}

void thread_body()
{
    Launch& current = launch();
    current.entry(current.arguments);
    // `current.running` is this fiber again whenever it runs.
    EmulatedThread& self = current.threads[current.running];
    self.state = State::done;
    const std::string wrong = leave_cluster(current.running);
    if (!wrong.empty())
        report(FaultKind::launch_failed, current.running, 0, wrong);
    for (;;)
        self.fiber->leave();
}

const char* place_of(State state)
{
    switch (state) {
    case State::at_barrier: return "a barrier";
    case State::at_shuffle: return "a shuffle";
    case State::at_mbarrier: return "an mbarrier";
    case State::at_named_barrier: return "a named barrier";
    case State::at_registers: return "setmaxnreg";
    case State::at_cluster_barrier: return "the cluster's barrier";
    case State::at_warpgroup_operation: return "an operation of its warpgroup";
    default: return "a warp operation";
    }
}

// Releases the threads of a block when all of them are at one barrier.
bool release_block(int block)
{
    Launch& current = launch();
    const int first = block * current.block_threads;
    for (int i = first; i < first + current.block_threads; i++)
        if (current.threads[i].state != State::at_barrier || current.threads[i].line != current.threads[first].line)
            return false;

    if (current.geometry.cluster_blocks == 1)
        current.order.pass_barrier();
    else
        current.order.join(first, current.block_threads);
    for (int i = first; i < first + current.block_threads; i++)
        make_ready(i);
    return true;
}

// Nobody can go on: either all threads of a block are at one barrier, or all have left, or some of them wait for ever.
bool release_barrier()
{
    Launch& current = launch();
    bool released = false;
    int done = 0;
    for (int block = 0; block < current.geometry.cluster_blocks; block++) {
        released |= release_block(block);
        done += current.blocks[block]->done;
    }

    if (released || done == current.thread_count)
        return released;

    // A thread that waits for others rather than for one that has left is the better clue.
    int stuck = -1;
    for (int i = 0; i < current.thread_count; i++)
        if (current.threads[i].state != State::done
            && (stuck < 0 || (current.threads[stuck].state == State::at_mbarrier && current.threads[i].state != State::at_mbarrier)))
            stuck = i;
    const EmulatedThread& thread = current.threads[stuck];
    const int first = block_of(stuck) * current.block_threads;
    int other = first;
    for (int i = first; i < first + current.block_threads; i++)
        if (current.threads[i].state != State::done
            && (current.threads[i].state != State::at_barrier || current.threads[i].line != current.threads[first].line))
            other = i;
    const int left = current.blocks[block_of(stuck)]->done;
    std::string why;
    if (thread.state == State::at_mbarrier)
        why = describe_mbarrier(thread.awaited);
    else if (left > 0)
        why = std::to_string(left) + " of " + std::to_string(current.block_threads) + " threads have left the kernel";
    else
        why = "thread " + std::to_string(other - first) + " waits at line " + std::to_string(current.threads[other].line);
    report(FaultKind::launch_failed, stuck, thread.line, "it waits at " + std::string(place_of(thread.state)) + " for ever: " + why);
    return false;
}

void begin_cluster(int x, int y)
{
    Launch& current = launch();
    current.first_block = x;
    calls()->current.block_y = y;
    current.order.start_block(current.thread_count, current.geometry.cluster_blocks > 1);
    for (int block = 0; block < current.geometry.cluster_blocks; block++) {
        if (block == static_cast<int>(current.blocks.size()))
            current.blocks.push_back(std::make_unique<Block>());
        current.blocks[block]->shared.start_block(current.geometry.shared_bytes, &current.order);
        current.blocks[block]->done = 0;
        current.blocks[block]->visits.clear();
    }

    // Barriers of one block order nothing in the others.
    if (current.geometry.cluster_blocks > 1)
        current.order.refine();
    current.warp_waiting.assign((current.thread_count + warp_lanes - 1) / warp_lanes, 0);
    current.warpgroup_waiting.assign((current.thread_count + warpgroup_threads - 1) / warpgroup_threads, 0);
    start_mbarriers();
    start_tensor_copies();
    start_warpgroups();
    start_named_barriers();
    start_cluster();

    current.ready.clear();
    for (int i = 0; i < current.thread_count; i++) {
        current.threads[i].fiber->start(thread_body);
        current.threads[i].state = State::ready;
        current.threads[i].copies.clear();
        current.threads[i].groups.clear();
        current.ready.push_back(i);
    }
}

void run_thread(int thread)
{
    Launch& current = launch();
    Thread& place = calls()->current;
    current.running = thread;
    place.thread = thread % current.block_threads;
    place.cluster_rank = block_of(thread);
    place.block_x = current.first_block + place.cluster_rank;
    place.shared = own_shared().begin();
    current.threads[thread].fiber->enter();
    thread_waits(thread);
}

void run_cluster(int x, int y)
{
    Launch& current = launch();
    begin_cluster(x, y);
    do {
        while (!current.ready.empty() && current.fault.kind == FaultKind::none) {
            const unsigned pick = next_random(static_cast<unsigned>(current.ready.size()));
            const int thread = current.ready[pick];
            current.ready[pick] = current.ready.back();
            current.ready.pop_back();
            run_thread(thread);

            // A copy may land at any moment, and lands when nobody can go on without it.
            if (next_random(64) == 0)
                land_one_tensor_copy();
            while (current.ready.empty() && current.fault.kind == FaultKind::none && land_one_tensor_copy()) {
            }
        }
    } while (current.fault.kind == FaultKind::none && release_barrier());
}

} // namespace

Calls* calls()
{
    static Calls instance = {
        Thread(), barrier, shuffle_xor, global_access, shared_access, misaligned_shared, warp_operation, warp_multiply, copy_async,
        commit_copies, wait_copies, &hopper_calls,
    };
    return &instance;
}

Fault run(const std::string& name, void (*entry)(void** arguments), void** arguments, const Geometry& geometry)
{
    Launch& current = launch();
    current.name = name;
    current.entry = entry;
    current.arguments = arguments;
    current.geometry = geometry;
    current.block_threads = static_cast<int>(geometry.block_x);
    current.thread_count = current.block_threads * geometry.cluster_blocks;
    current.fault = Fault();
    current.random = settings().seed * 0x9e3779b97f4a7c15u + 1;
    if (static_cast<int>(current.threads.size()) < current.thread_count)
        current.threads.resize(current.thread_count);

    calls()->current.grid_x = static_cast<int>(geometry.grid_x);
    calls()->current.grid_y = static_cast<int>(geometry.grid_y);
    for (unsigned y = 0; y < geometry.grid_y; y++)
        for (unsigned x = 0; x < geometry.grid_x; x += static_cast<unsigned>(geometry.cluster_blocks)) {
            run_cluster(static_cast<int>(x), static_cast<int>(y));
            if (current.fault.kind != FaultKind::none)
                return current.fault;
        }

    return current.fault;
}

} // namespace emulator
