// Clusters of blocks: the emulator runs the blocks of one at the same time and knows their shared memory by rank.
#pragma once

KG_DEVICE int kg_cluster_rank() { return kernelgen_emulator->current.cluster_rank; }
KG_DEVICE void kg_cluster_arrive(int line = __builtin_LINE()) { kernelgen_emulator->hopper->cluster_arrive(line); }
KG_DEVICE void kg_cluster_wait(int line = __builtin_LINE()) { kernelgen_emulator->hopper->cluster_wait(line); }

KG_DEVICE unsigned int kg_cluster_address(unsigned int shared, int block, int line = __builtin_LINE())
{
    return kernelgen_emulator->hopper->cluster_address(shared, block, line);
}

KG_DEVICE void kg_mbarrier_arrive_in_cluster(unsigned int barrier, int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->mbarrier_arrive_in_cluster(barrier, false, line);
}

KG_DEVICE void kg_mbarrier_arrive_in_cluster_if(unsigned int barrier, bool condition, int line = __builtin_LINE())
{
    if (condition)
        kg_mbarrier_arrive_in_cluster(barrier, line);
}

KG_DEVICE void kg_mbarrier_release_in_cluster_if(unsigned int barrier, bool condition, int line = __builtin_LINE())
{
    if (condition)
        kernelgen_emulator->hopper->mbarrier_arrive_in_cluster(barrier, true, line);
}

template <int rank>
KG_DEVICE void kg_tensor_load_multicast(
    unsigned int shared, const kg_tensor_map& map, unsigned int barrier, const int (&place)[rank], unsigned short blocks, int line =
        __builtin_LINE())
{
    kernelgen_emulator->hopper->tensor_load(shared, &map, barrier, place, rank, blocks, line);
}
