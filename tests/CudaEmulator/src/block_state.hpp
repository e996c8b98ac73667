// What the parts of the scheduler share: the threads of the cluster of blocks that runs (most are of one block), and how one of them waits
// or fails. Threads are counted over the whole cluster, block after block.
#pragma once

#include "fiber.hpp"
#include "launch.hpp"
#include "ordering.hpp"
#include "shared_memory.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace emulator {

constexpr int warp_lanes = 32;
constexpr int warpgroup_threads = 128;

enum class State { ready, at_barrier, at_shuffle, at_warp_operation, at_warpgroup_operation, at_mbarrier, at_named_barrier, at_registers,
    at_cluster_barrier, done };

// An offset in the shared memory of a block of the cluster.
struct ClusterPlace {
    int block = 0;
    std::uint32_t offset = 0;
};

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
    ClusterPlace awaited;                       // the mbarrier
    std::vector<AsyncCopy> copies;              // since the last commit
    std::deque<std::vector<AsyncCopy>> groups;  // committed, not yet waited for
};

// A block of the cluster that runs.
struct Block {
    SharedMemory shared;
    int done = 0;                 // threads that have left
    std::map<int, Moment> visits; // by thread of another block: the latest arrival at one of this block's mbarriers
};

// The launch that runs. One at a time: the driver holds a lock.
struct Launch {
    std::string name;
    void (*entry)(void**) = nullptr;
    void** arguments = nullptr;
    Geometry geometry;
    int thread_count = 0;  // of the cluster
    int block_threads = 0;
    int first_block = 0;   // of the cluster, along x
    std::vector<EmulatedThread> threads;
    std::vector<int> ready;
    std::vector<int> warp_waiting;      // threads of each warp, and of each warpgroup, that wait for the others of it
    std::vector<int> warpgroup_waiting;
    Ordering order;
    std::vector<std::unique_ptr<Block>> blocks; // at least those of the cluster
    std::uint64_t random = 1;
    int running = 0;
    Fault fault;
};

Launch& launch();

// The block of a thread, as its rank in the cluster; that of the thread that runs.
int block_of(int thread);
int own_block();
SharedMemory& own_shared();

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

// The running thread and all others of its warp: a value from another lane, or an operation on what all lanes bring.
unsigned shuffle_xor(unsigned value, int lane_bits, int line);
void warp_operation(void* lane, void (*operation)(void* const*), int line);

// mma.sync.
void warp_multiply(WarpProduct* lane, int line);

// A thread has begun to wait for the others of its warp or warpgroup: the last to come releases them.
void thread_waits(int thread);

// Offset of an address of the block's own shared memory as instructions take it; fails when it is not one, or not a multiple of
// `alignment`.
std::size_t shared_offset(unsigned address, std::size_t alignment, int line);

// The same for an address in some block of the cluster.
ClusterPlace cluster_place(unsigned address, std::size_t alignment, int line);

// "global load of 4 bytes at 0x...: "
std::string describe(const char* access, std::size_t bytes, const void* address);
void misaligned_shared(const void* address, std::size_t alignment, int line);

// ---- Asynchronous copies of a thread.
void copy_async(void* shared, const void* global, int bytes, int line);
void commit_copies();
void wait_copies(int pending, int line);

// ---- What compute capability 9.0 adds, each with its own state.
void start_mbarriers();
std::string describe_mbarrier(const ClusterPlace& place);
// Empty, or why a block may not end like this.
std::string end_mbarriers(int block);

void start_tensor_copies();
// Lands one of the copies on their way, chosen at random. False when there is none.
bool land_one_tensor_copy();
std::string end_tensor_copies(int block);
// A copy of so many bytes has landed; the moment that whoever waits for the phase knows of.
Moment mbarrier_moment(const ClusterPlace& place);
std::string complete_bytes(const ClusterPlace& place, unsigned bytes);
std::string mbarrier_for_copy_fault(const ClusterPlace& place, int thread);

void start_warpgroups();
std::string end_warpgroups(int block);

void start_named_barriers();
std::string end_named_barriers(int block);

void start_cluster();
// A thread has left: nobody waits for it any longer. When it was the last one of its block: why the block may not end now, or empty.
std::string leave_cluster(int thread);

extern const HopperCalls hopper_calls;

} // namespace emulator
