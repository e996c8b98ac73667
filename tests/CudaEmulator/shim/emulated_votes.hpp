// Votes of a warp and of a block.
#pragma once

KG_DEVICE void kg_emulated_any(void* const* lanes)
{
    bool any = false;
    for (int i = 0; i < 32; i++)
        any |= *static_cast<const bool*>(lanes[i]);
    for (int i = 0; i < 32; i++)
        *static_cast<bool*>(lanes[i]) = any;
}

KG_DEVICE bool kg_any(bool condition, int line = __builtin_LINE())
{
    emulated::with_warp(condition, kg_emulated_any, line);
    return condition;
}

// The blocks of a cluster run at once, all others one after the other, and one thread at a time.
static bool kg_emulated_block_votes[8];

KG_DEVICE bool kg_any_in_block(bool condition, int line = __builtin_LINE())
{
    kernelgen_emulator->barrier(line);
    bool& vote = kg_emulated_block_votes[kernelgen_emulator->current.cluster_rank];
    vote = false;
    kernelgen_emulator->barrier(line);
    vote |= condition;
    kernelgen_emulator->barrier(line);
    return vote;
}
