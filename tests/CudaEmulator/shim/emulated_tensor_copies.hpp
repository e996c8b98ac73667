// Asynchronous tensor copies: the emulator reads the map that its own cuTensorMapEncodeTiled wrote.
#pragma once

KG_DEVICE void kg_prefetch_tensor_map(const kg_tensor_map&) {}

template <int rank>
KG_DEVICE void kg_tensor_load(
    unsigned int shared, const kg_tensor_map& map, unsigned int barrier, const int (&place)[rank], int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->tensor_load(shared, &map, barrier, place, rank, 0, line);
}

KG_DEVICE void kg_bulk_load(unsigned int shared, const void* address, unsigned int bytes, unsigned int barrier, int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->bulk_load(shared, address, bytes, barrier, line);
}

template <int rank>
KG_DEVICE void kg_tensor_store(const kg_tensor_map& map, unsigned int shared, const int (&place)[rank], int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->tensor_store(&map, shared, place, rank, line);
}

KG_DEVICE void kg_commit_tensor_stores(int line = __builtin_LINE()) { kernelgen_emulator->hopper->bulk_commit(line); }

template <int pending>
KG_DEVICE void kg_wait_tensor_stores_read(int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->bulk_wait(pending, true, line);
}

template <int pending>
KG_DEVICE void kg_wait_tensor_stores(int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->bulk_wait(pending, false, line);
}
