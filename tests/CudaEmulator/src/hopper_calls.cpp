// The table of what kernels of compute capability 9.0 call.
#include "block_state.hpp"

namespace emulator {

void mbarrier_init(unsigned, unsigned, int);
void mbarrier_arrive(unsigned, unsigned, bool, unsigned, int);
void mbarrier_arrive_in_cluster(unsigned, bool, int);
void mbarrier_wait(unsigned, unsigned, int);
void mbarrier_test(unsigned, int);
void fence_mbarrier_init(int);
void fence_async_proxy(int);
void tensor_load(unsigned, const void*, unsigned, const int*, int, unsigned, int);
void bulk_load(unsigned, const void*, unsigned, unsigned, int);
void tensor_store(const void*, unsigned, const int*, int, int);
void bulk_commit(int);
void bulk_wait(int, bool, int);
void named_barrier(int, int, bool, int);
bool named_barrier_any(int, int, bool, int);
void set_registers(int, bool, int);
unsigned cluster_address(unsigned, int, int);
void cluster_arrive(int);
void cluster_wait(int);
void matrix_fence(int);
void matrix_commit(int);
void matrix_wait(int, int);
void matrix_multiply(const MatrixProduct*, int);
void registers_written();

namespace {

// Always the same lane of a launch, but not the first: a kernel may not count on which one it is.
void pick_lane(void* const* lanes)
{
    for (int i = 0; i < warp_lanes; i++)
        *static_cast<bool*>(lanes[i]) = i == static_cast<int>(launch().order.threads() / warp_lanes * 7 + 13) % warp_lanes;
}

bool elect(int line)
{
    bool elected = false;
    calls()->warp_operation(&elected, pick_lane, line);
    return elected;
}

struct UniformNumber {
    int value;
    int odd_lane; // one that brings another number than the first, or -1
};

void compare_lanes(void* const* lanes)
{
    const int first = static_cast<const UniformNumber*>(lanes[0])->value;
    int odd_lane = -1;
    for (int i = 1; i < warp_lanes; i++)
        if (static_cast<const UniformNumber*>(lanes[i])->value != first)
            odd_lane = i;
    for (int i = 0; i < warp_lanes; i++)
        static_cast<UniformNumber*>(lanes[i])->odd_lane = odd_lane;
}

int uniform(int value, int line)
{
    UniformNumber number = {value, -1};
    calls()->warp_operation(&number, compare_lanes, line);
    if (number.odd_lane >= 0)
        fail(FaultKind::launch_failed, line,
            "a number that is said to be the warp's, and lane " + std::to_string(number.odd_lane) + " has another one than lane 0");
    return number.value;
}

void join_lanes(void* const* lanes)
{
    launch().order.refine();
    launch().order.join(*static_cast<const int*>(lanes[0]), warp_lanes);
}

void warp_barrier(int line)
{
    int thread = launch().running;
    calls()->warp_operation(&thread, join_lanes, line);
}

} // namespace

const HopperCalls hopper_calls = {
    mbarrier_init, mbarrier_arrive, mbarrier_arrive_in_cluster, mbarrier_wait, mbarrier_test, fence_mbarrier_init, fence_async_proxy,
    tensor_load, bulk_load, tensor_store, bulk_commit, bulk_wait,
    named_barrier, named_barrier_any, set_registers, elect, uniform, warp_barrier, cluster_address, cluster_arrive, cluster_wait,
    matrix_fence, matrix_commit, matrix_wait,
    matrix_multiply, registers_written,
};

} // namespace emulator
