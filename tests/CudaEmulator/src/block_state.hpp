// What the parts of the scheduler share: the threads of the block that runs, and how one of them waits or fails.
#pragma once

#include "fiber.hpp"
#include "launch.hpp"
#include "ordering.hpp"
#include "shared_memory.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace emulator {

constexpr int warp_lanes = 32;
constexpr int warpgroup_threads = 128;

enum class State { ready, at_barrier, at_shuffle, at_warp_operation, at_warpgroup_operation, at_mbarrier, at_named_barrier, at_registers, done };

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
    std::string (*warpgroup_operation)(int first_thread) = nullptr; // empty, or what is wrong
    std::uint32_t awaited = 0;                  // the mbarrier or named barrier
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
    std::vector<int> warp_waiting;      // threads of each warp, and of each warpgroup, that wait for the others of it
    std::vector<int> warpgroup_waiting;
    Ordering order;
    SharedMemory shared;
    std::uint64_t random = 1;
    int running = 0;
    Fault fault;
};

Launch& launch();

// A number in [0, below), from the seed.
unsigned next_random(unsigned below);

void report(FaultKind kind, int thread, int line, const std::string& what);

// Leaves the running fiber for good.
[[noreturn]] void fail(FaultKind kind, int line, const std::string& what);

// The running thread waits until somebody makes it ready.
void wait(State state, int line);
void make_ready(int thread);

// The running thread and all others of its warpgroup do something together: `operation` runs when the last of them has come.
void with_warpgroup(std::string (*operation)(int first_thread), void* lane, int line);

// Offset of an address of shared memory as instructions take it; fails when it is not one, or not a multiple of `alignment`.
std::size_t shared_offset(unsigned address, std::size_t alignment, int line);

// "global load of 4 bytes at 0x...: "
std::string describe(const char* access, std::size_t bytes, const void* address);
void misaligned_shared(const void* address, std::size_t alignment, int line);

// ---- Asynchronous copies of a thread.
void copy_async(void* shared, const void* global, int bytes, int line);
void commit_copies();
void wait_copies(int pending, int line);

// ---- What compute capability 9.0 adds, each with its own state.
void start_mbarriers();
std::string describe_mbarrier(std::uint32_t offset);
// Empty, or why the block may not end like this.
std::string end_mbarriers();

void start_tensor_copies();
// Lands one of the copies on their way, chosen at random. False when there is none.
bool land_one_tensor_copy();
std::string end_tensor_copies();
// A copy of so many bytes has landed; the moment that whoever waits for the phase knows of.
Moment mbarrier_moment(std::uint32_t offset);
std::string complete_bytes(std::uint32_t offset, unsigned bytes);
bool is_mbarrier(std::uint32_t offset);
std::string mbarrier_for_copy_fault(std::uint32_t offset, int thread);

void start_warpgroups();
std::string end_warpgroups();

void start_named_barriers();
std::string end_named_barriers();

extern const HopperCalls hopper_calls;

} // namespace emulator
