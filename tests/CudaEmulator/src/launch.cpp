#include "launch.hpp"

#include "fiber.hpp"
#include "memory.hpp"
#include "settings.hpp"
#include "shared_memory.hpp"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

namespace emulator {

namespace {

constexpr int warp_lanes = 32;

enum class State { ready, at_barrier, at_shuffle, at_warp_operation, done };

struct AsyncCopy {
    std::uintptr_t shared = 0;
    const void* global = nullptr;
    int bytes = 0;
};

struct EmulatedThread {
    std::unique_ptr<Fiber> fiber = std::make_unique<Fiber>();
    State state = State::ready;
    int line = 0;          // where it waits
    unsigned value = 0;    // what it brings to a shuffle, then what it takes away
    int lane_bits = 0;
    void* lane = nullptr;  // what it brings to a warp operation
    void (*operation)(void* const*) = nullptr;
    std::vector<AsyncCopy> copies;              // since the last commit
    std::deque<std::vector<AsyncCopy>> groups;  // committed, not yet waited for
};

// The launch that runs. One at a time: the driver holds a lock.
struct Launch {
    std::string name;
    void (*entry)(void**) = nullptr;
    void** arguments = nullptr;
    Geometry geometry;
    int thread_count = 0;
    std::vector<EmulatedThread> threads;
    std::vector<int> ready;
    SharedMemory shared;
    std::uint64_t random = 1;
    int running = 0;
    Fault fault;
};

Launch& launch()
{
    static Launch instance;
    return instance;
}

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
    const Thread& place = calls()->current;
    char where[160];
    std::snprintf(where, sizeof where, ", block (%d, %d), thread %d, line %d: ", place.block_x, place.block_y, thread, line);
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

void barrier(int line) { wait(State::at_barrier, line); }

unsigned shuffle_xor(unsigned value, int lane_bits, int line)
{
    Launch& current = launch();
    EmulatedThread& self = current.threads[current.running];
    self.value = value;
    self.lane_bits = lane_bits;
    wait(State::at_shuffle, line);
    return self.value;
}

std::string describe(const char* access, std::size_t bytes, const void* address)
{
    char buffer[128];
    std::snprintf(buffer, sizeof buffer, "%s of %zu bytes at %p: ", access, bytes, address);
    return buffer;
}

void global_access(const void* address, std::size_t bytes, std::size_t alignment, bool is_write, int line)
{
    const auto place = reinterpret_cast<std::uintptr_t>(address);
    const char* access = is_write ? "global store" : "global load";
    if (place % alignment != 0)
        fail(FaultKind::misaligned_address, line, describe(access, bytes, address) + "the address is not a multiple of " + std::to_string(alignment));

    const std::string wrong = device_memory().access_fault(place, bytes, is_write);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, describe(access, bytes, address) + wrong);
}

void shared_access(const void* address, std::size_t bytes, bool is_write, int line)
{
    Launch& current = launch();
    const std::string wrong = current.shared.access_fault(reinterpret_cast<std::uintptr_t>(address), bytes, is_write, current.running);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, describe(is_write ? "shared store" : "shared load", bytes, address) + wrong);
}

void misaligned_shared(const void* address, std::size_t alignment, int line)
{
    const auto offset = reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(launch().shared.begin());
    fail(FaultKind::misaligned_address, line, "shared offset " + std::to_string(offset) + " is not a multiple of " + std::to_string(alignment));
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

void copy_async(void* shared, const void* global, int bytes, int line)
{
    constexpr std::size_t line_bytes = 16;
    Launch& current = launch();
    const auto from = reinterpret_cast<std::uintptr_t>(global);
    const auto to = reinterpret_cast<std::uintptr_t>(shared);
    if (from % line_bytes != 0)
        fail(FaultKind::misaligned_address, line, describe("asynchronous copy", line_bytes, global) + "the address is not a multiple of 16");
    if ((to - reinterpret_cast<std::uintptr_t>(current.shared.begin())) % line_bytes != 0)
        misaligned_shared(shared, line_bytes, line);
    if (bytes < 0 || bytes > static_cast<int>(line_bytes))
        fail(FaultKind::launch_failed, line, "an asynchronous copy that reads " + std::to_string(bytes) + " of 16 bytes");

    std::string wrong = bytes == 0 ? "" : device_memory().access_fault(from, static_cast<std::size_t>(bytes), false);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, describe("asynchronous copy", static_cast<std::size_t>(bytes), global) + wrong);
    wrong = current.shared.begin_copy(to, line_bytes, current.running);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, describe("asynchronous copy to shared memory", line_bytes, shared) + wrong);
    current.threads[current.running].copies.push_back({to, global, bytes});
}

void commit_copies()
{
    Launch& current = launch();
    EmulatedThread& self = current.threads[current.running];
    self.groups.push_back(std::move(self.copies));
    self.copies.clear();
}

void wait_copies(int pending, int)
{
    Launch& current = launch();
    EmulatedThread& self = current.threads[current.running];
    for (; self.groups.size() > static_cast<std::size_t>(pending); self.groups.pop_front())
        for (const AsyncCopy& copy : self.groups.front()) {
            unsigned char data[16] = {};
            std::memcpy(data, copy.global, static_cast<std::size_t>(copy.bytes));
            current.shared.land_copy(copy.shared, data, sizeof data, current.running);
        }
}

void thread_body()
{
    Launch& current = launch();
    current.entry(current.arguments);
    // `current.running` is this fiber again whenever it runs.
    EmulatedThread& self = current.threads[current.running];
    self.state = State::done;
    for (;;)
        self.fiber->leave();
}

// Runs the operation of each warp whose threads have all come to it.
void run_warp_operations()
{
    Launch& current = launch();
    for (int first = 0; first + warp_lanes <= current.thread_count; first += warp_lanes) {
        EmulatedThread* threads = &current.threads[first];
        void* lanes[warp_lanes];
        bool complete = true;
        for (int i = 0; i < warp_lanes; i++) {
            complete &= threads[i].state == State::at_warp_operation && threads[i].line == threads[0].line && threads[i].operation == threads[0].operation;
            lanes[i] = threads[i].lane;
        }

        if (!complete)
            continue;

        threads[0].operation(lanes);
        for (int i = 0; i < warp_lanes; i++) {
            threads[i].state = State::ready;
            current.ready.push_back(first + i);
        }
    }
}

// Releases a warp whose threads have all come to the same shuffle.
void release_warps()
{
    Launch& current = launch();
    for (int first = 0; first < current.thread_count; first += warp_lanes) {
        const int count = current.thread_count - first < warp_lanes ? current.thread_count - first : warp_lanes;
        EmulatedThread* lanes = &current.threads[first];
        bool complete = true;
        for (int i = 0; i < count; i++)
            complete &= lanes[i].state == State::at_shuffle && lanes[i].line == lanes[0].line && lanes[i].lane_bits == lanes[0].lane_bits;
        if (!complete)
            continue;

        unsigned values[warp_lanes];
        for (int i = 0; i < count; i++)
            values[i] = lanes[i].value;
        for (int i = 0; i < count; i++) {
            lanes[i].value = (i ^ lanes[i].lane_bits) < count ? values[i ^ lanes[i].lane_bits] : lanes[i].value;
            lanes[i].state = State::ready;
            current.ready.push_back(first + i);
        }
    }
}

// Nobody can go on: either all threads are at one barrier, or some of them wait for ever.
bool release_barrier()
{
    Launch& current = launch();
    int waiting = 0, done = 0, other = 0;
    for (int i = 0; i < current.thread_count; i++) {
        const EmulatedThread& thread = current.threads[i];
        done += thread.state == State::done;
        waiting += thread.state == State::at_barrier;
        if (thread.state != State::done && (thread.state != State::at_barrier || thread.line != current.threads[0].line))
            other = i;
    }

    if (done == current.thread_count)
        return false;

    if (waiting == current.thread_count && other == 0) {
        current.shared.pass_barrier();
        for (int i = 0; i < current.thread_count; i++) {
            current.threads[i].state = State::ready;
            current.ready.push_back(i);
        }

        return true;
    }

    int stuck = 0;
    while (current.threads[stuck].state == State::done)
        stuck++;
    const EmulatedThread& thread = current.threads[stuck];
    const char* place = thread.state == State::at_barrier ? "barrier" : thread.state == State::at_shuffle ? "shuffle" : "warp operation";
    std::string why;
    if (done > 0)
        why = std::to_string(done) + " of " + std::to_string(current.thread_count) + " threads have left the kernel";
    else
        why = "thread " + std::to_string(other) + " waits at line " + std::to_string(current.threads[other].line);
    report(FaultKind::launch_failed, stuck, thread.line, "it waits at a " + std::string(place) + " for ever: " + why);
    return false;
}

void run_block(int x, int y)
{
    Launch& current = launch();
    current.shared.start_block(current.geometry.shared_bytes);
    Thread& place = calls()->current;
    place.block_x = x;
    place.block_y = y;
    place.shared = current.shared.begin();

    current.ready.clear();
    for (int i = 0; i < current.thread_count; i++) {
        current.threads[i].fiber->start(thread_body);
        current.threads[i].state = State::ready;
        current.threads[i].copies.clear();
        current.threads[i].groups.clear();
        current.ready.push_back(i);
    }

    do {
        while (!current.ready.empty() && current.fault.kind == FaultKind::none) {
            const unsigned pick = next_random(static_cast<unsigned>(current.ready.size()));
            const int thread = current.ready[pick];
            current.ready[pick] = current.ready.back();
            current.ready.pop_back();

            current.running = thread;
            place.thread = thread;
            current.threads[thread].fiber->enter();
            if (current.ready.empty())
                run_warp_operations();
            if (current.ready.empty())
                release_warps();
        }
    } while (current.fault.kind == FaultKind::none && release_barrier());
}

} // namespace

Calls* calls()
{
    static Calls instance = {
        Thread(), barrier, shuffle_xor, global_access, shared_access, misaligned_shared, warp_operation, copy_async, commit_copies, wait_copies,
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
    current.thread_count = static_cast<int>(geometry.block_x);
    current.fault = Fault();
    current.random = settings().seed * 0x9e3779b97f4a7c15u + 1;
    if (static_cast<int>(current.threads.size()) < current.thread_count)
        current.threads.resize(current.thread_count);

    calls()->current.grid_x = static_cast<int>(geometry.grid_x);
    calls()->current.grid_y = static_cast<int>(geometry.grid_y);
    for (unsigned y = 0; y < geometry.grid_y; y++)
        for (unsigned x = 0; x < geometry.grid_x; x++) {
            run_block(static_cast<int>(x), static_cast<int>(y));
            if (current.fault.kind != FaultKind::none)
                return current.fault;
        }

    return current.fault;
}

} // namespace emulator
