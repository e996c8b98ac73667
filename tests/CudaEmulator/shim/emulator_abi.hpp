// What an emulated kernel and the emulator know of each other. The kernel is an object of its own, compiled from generated text; it reaches
// the emulator only through this structure, so that neither needs the other's symbols.
#pragma once

#include <cstddef>

namespace emulator {

// The thread that runs at the moment.
struct Thread {
    int thread;
    int block_x;
    int block_y;
    int grid_x;
    int grid_y;
    int cluster_rank;
    float* shared;
};

// One wgmma: D (64 x n, fp32, this thread's n / 2 numbers) = A * B + D, or A * B.
struct MatrixProduct {
    float* sums;
    int columns;                // n
    bool accumulate;
    bool bfloat16;              // else float16
    const unsigned* a;          // this thread's four registers of A, or null: A is in shared memory
    unsigned long long a_matrix; // descriptors
    unsigned long long b_matrix;
    bool a_transposed;          // M-major
    bool b_transposed;          // N-major
};

// A lane's part of mma.m16n8k16 or m16n8k8 (k: the depth), as PTX lays out its fragments.
struct WarpProduct {
    int depth;
    bool bfloat16;  // else float16
    unsigned a[4];
    unsigned b[2];
    float sums[4];
};

// What compute capability 9.0 brings. Shared memory is addressed as its instructions do, by 32-bit numbers.
struct HopperCalls {
    void (*mbarrier_init)(unsigned address, unsigned count, int line);
    void (*mbarrier_arrive)(unsigned address, unsigned count, bool expects, unsigned bytes, int line);
    void (*mbarrier_arrive_in_cluster)(unsigned address, bool releases, int line); // releases: also what was stored, to all of the cluster
    void (*mbarrier_wait)(unsigned address, unsigned parity, int line);
    void (*mbarrier_test)(unsigned address, int line); // for an answer that nobody looks at
    void (*fence_mbarrier_init)(int line);
    void (*fence_async_proxy)(int line);

    // blocks: a mask; 0: the own
    void (*tensor_load)(unsigned address, const void* map, unsigned mbarrier, const int* place, int rank, unsigned blocks, int line);
    void (*bulk_load)(unsigned address, const void* from, unsigned bytes, unsigned mbarrier, int line);
    void (*tensor_store)(const void* map, unsigned address, const int* place, int rank, int line);
    void (*bulk_commit)(int line);
    void (*bulk_wait)(int pending, bool only_reads, int line);

    void (*named_barrier)(int id, int threads, bool waits, int line);
    bool (*named_barrier_any)(int id, int threads, bool condition, int line);
    void (*set_registers)(int count, bool increase, int line);
    bool (*elect)(int line);
    int (*uniform)(int value, int line);
    void (*warp_barrier)(int line);

    unsigned (*cluster_address)(unsigned address, int block, int line);
    void (*cluster_arrive)(int line);
    void (*cluster_wait)(int line);

    void (*matrix_fence)(int line);
    void (*matrix_commit)(int line);
    void (*matrix_wait)(int pending, int line);
    void (*matrix_multiply)(const MatrixProduct* product, int line);
    void (*registers_written)(); // an operand of a coming product is made
};

// Shared memory begins here; not zero, so that a kernel that takes an offset for an address is found out.
constexpr unsigned shared_window = 4096;

// The shared memory of a cluster's blocks as seen from all of them: so far apart.
constexpr unsigned cluster_window = 1u << 24;

// `line` is the line of the generated text that asks. A call that finds a fault does not return: the launch ends there.
struct Calls {
    Thread current;
    void (*barrier)(int line);
    unsigned (*shuffle_xor)(unsigned bits, int lane_bits, int line);
    void (*global_access)(const void* address, std::size_t bytes, std::size_t alignment, bool is_write, int line);
    void (*shared_access)(const void* address, std::size_t bytes, bool is_write, int line);
    void (*misaligned_shared)(const void* address, std::size_t alignment, int line);

    // Runs `operation` on what all lanes of the warp bring, once the last of them has come to it.
    void (*warp_operation)(void* lane, void (*operation)(void* const* lanes), int line);

    // The product of a warp; `lane` has the sums afterwards.
    void (*multiply)(WarpProduct* lane, int line);

    // 16 bytes to shared memory, of which the first `bytes` come from global memory; they land when the thread waits.
    void (*copy_async)(void* shared, const void* global, int bytes, int line);
    void (*commit_copies)();
    void (*wait_copies)(int pending, int line);

    const HopperCalls* hopper;
};

} // namespace emulator

// Set by the emulator when it has loaded the kernel's object.
extern "C" emulator::Calls* kernelgen_emulator;
