// KernelGen probes: what kernels that measure a GPU need beside the primitives. Included after them.

#ifndef KERNELGEN_EMULATED
// Clocks of this multiprocessor.
KG_DEVICE long long kg_clock()
{
    long long clock;
    asm volatile("mov.u64 %0, %%clock64;" : "=l"(clock) :: "memory");
    return clock;
}
#endif

// How often a loop runs: a probe has no mask, and the place of its strides carries it.
KG_DEVICE long long probe_rounds(const KernelArguments& arguments)
{
    return arguments.mask_strides.batch;
}

// Element `index` of what a probe returns.
template <typename T>
KG_DEVICE void probe_return(const KernelArguments& arguments, long long index, T value)
{
    kg_store(static_cast<T*>(arguments.output) + index, value);
}

// Writes when a group of threads began and ended; the host takes the earliest and the latest of a block.
KG_DEVICE void probe_return_clocks(const KernelArguments& arguments, int group, int groups, long long begin, long long end)
{
    const long long place = 2 * (static_cast<long long>(kg_block_x()) * groups + group);
    probe_return(arguments, place, begin);
    probe_return(arguments, place + 1, end);
}

// Dynamic shared memory from a multiple of 1024 on.
KG_DEVICE float* probe_shared()
{
    float* const shared = kg_shared_memory();
    return shared + (1023 - (kg_shared_address(shared) + 1023) % 1024) / 4;
}

// Two fp16 numbers near 0.5 whose signs and low bits differ from place to place, as in real data.
KG_DEVICE unsigned int probe_pattern(unsigned int place)
{
    return 0x38003800u ^ (place * 2654435761u & 0x807f807fu);
}
