// What warps that wait for an mbarrier take from warps that compute: four warps wait, one on each scheduler, while four compute.
// PROBE_WAITING: 0 at a barrier of the block, 1 with try_wait, 2 with try_wait and a hint of how long to sleep, 3 with test_wait.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"
#include "probe.cuh"

constexpr int waiting = PROBE_WAITING;
constexpr int numbers = 16;

KG_DEVICE void wait_for(unsigned int mbarrier)
{
#ifndef KERNELGEN_EMULATED
    if (waiting == 2)
    {
        const unsigned int nanoseconds = 1000000;
        asm volatile(
            "{ .reg .pred done; again: mbarrier.try_wait.parity.shared::cta.b64 done, [%0], 0, %1; @done bra over; bra again; over: }"
            :: "r"(mbarrier), "r"(nanoseconds) : "memory");
        return;
    }

    if (waiting == 3)
    {
        asm volatile("{ .reg .pred done; again: mbarrier.test_wait.parity.shared::cta.b64 done, [%0], 0; @done bra over; bra again; over: }"
            :: "r"(mbarrier) : "memory");
        return;
    }
#endif
    if (waiting != 0)
        kg_mbarrier_wait(mbarrier, 0);
}

extern "C" __global__ void __launch_bounds__(256, 1) probe_waiting(const KernelArguments arguments)
{
    const unsigned int mbarrier = kg_shared_address(probe_shared());
    if (kg_thread() == 0)
    {
        kg_mbarrier_init(mbarrier, 4);
        kg_fence_mbarrier_init();
    }

    kg_barrier();
    if (kg_thread() < 128)
    {
        wait_for(mbarrier);
    }
    else
    {
        float values[numbers];
#pragma unroll
        for (int i = 0; i < numbers; i++)
            values[i] = 0.01f * static_cast<float>(kg_thread() + i);
        const long long begin = kg_clock();
#pragma unroll 1
        for (long long round = 0; round < probe_rounds(arguments); round++)
        {
#pragma unroll
            for (int i = 0; i < numbers; i++)
                values[i] = kg_multiply_add(values[i], arguments.scale, 0.5f);
        }

        const long long end = kg_clock();
        float sum = 0.0f;
#pragma unroll
        for (int i = 0; i < numbers; i++)
            sum = kg_add(sum, values[i]);
        if (kg_thread() % 32 == 0)
        {
            kg_mbarrier_arrive(mbarrier);
            probe_return_clocks(arguments, kg_thread() / 32 - 4, 4, begin, sum == 12345.0f ? begin : end);
        }
    }

    kg_barrier();
}
