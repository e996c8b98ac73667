// mbarriers, named barriers, elections and fences: the emulator keeps their state.
#pragma once

KG_DEVICE void kg_mbarrier_init(unsigned int barrier, unsigned int arrivals,
    int line = __builtin_LINE()) { kernelgen_emulator->hopper->mbarrier_init(barrier, arrivals, line); }
KG_DEVICE void kg_fence_mbarrier_init(int line = __builtin_LINE()) { kernelgen_emulator->hopper->fence_mbarrier_init(line); }
KG_DEVICE void kg_mbarrier_arrive(
    unsigned int barrier, int line = __builtin_LINE()) { kernelgen_emulator->hopper->mbarrier_arrive(barrier, 1, false, 0, line); }

KG_DEVICE void kg_mbarrier_arrive_if(unsigned int barrier, bool condition, int line = __builtin_LINE())
{
    if (condition)
        kg_mbarrier_arrive(barrier, line);
}

KG_DEVICE void kg_mbarrier_arrive_expect(unsigned int barrier, unsigned int bytes, int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->mbarrier_arrive(barrier, 1, true, bytes, line);
}

KG_DEVICE void kg_mbarrier_wait(unsigned int barrier, unsigned int parity,
    int line = __builtin_LINE()) { kernelgen_emulator->hopper->mbarrier_wait(barrier, parity, line); }
KG_DEVICE void kg_fence_async_proxy(int line = __builtin_LINE()) { kernelgen_emulator->hopper->fence_async_proxy(line); }
KG_DEVICE bool kg_elect(int line = __builtin_LINE()) { return kernelgen_emulator->hopper->elect(line); }
KG_DEVICE void kg_warp_barrier(int line = __builtin_LINE()) { kernelgen_emulator->hopper->warp_barrier(line); }

KG_DEVICE void kg_named_barrier_sync(int barrier, int threads, int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->named_barrier(barrier, threads, true, line);
}

KG_DEVICE void kg_named_barrier_arrive(int barrier, int threads, int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->named_barrier(barrier, threads, false, line);
}

KG_DEVICE bool kg_named_barrier_any(int barrier, int threads, bool condition, int line = __builtin_LINE())
{
    return kernelgen_emulator->hopper->named_barrier_any(barrier, threads, condition, line);
}

template <int registers>
KG_DEVICE void kg_release_registers(int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->set_registers(registers, false, line);
}

template <int registers>
KG_DEVICE void kg_take_registers(int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->set_registers(registers, true, line);
}
