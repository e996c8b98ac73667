// Asynchronous copies: they land when the thread waits for their group, and not a moment before.
#pragma once

KG_DEVICE void kg_copy_async(unsigned int shared_address, const void* address, int bytes, int line = __builtin_LINE())
{
    kernelgen_emulator->copy_async(kg_emulated_shared(shared_address), address, bytes, line);
}

KG_DEVICE void kg_commit_copies() { kernelgen_emulator->commit_copies(); }

template <int pending>
KG_DEVICE void kg_wait_copies(int line = __builtin_LINE())
{
    kernelgen_emulator->wait_copies(pending, line);
}

KG_DEVICE unsigned int kg_load_word(
    const void* address, int line = __builtin_LINE()) { return kg_load(static_cast<const unsigned int*>(address), line); }
KG_DEVICE void kg_store_word(
    void* address, unsigned int word, int line = __builtin_LINE()) { kg_store(static_cast<unsigned int*>(address), word, line); }
KG_DEVICE void kg_store_line(
    void* address, const kg_fragment& value, int line = __builtin_LINE()) { kg_store(static_cast<kg_fragment*>(address), value, line); }
