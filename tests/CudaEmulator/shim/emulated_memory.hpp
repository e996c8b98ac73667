// Memory: each access is shown to the emulator before it is made.
#pragma once

template <typename T>
KG_DEVICE T kg_load(const T* address, int line = __builtin_LINE())
{
    kernelgen_emulator->global_access(address, sizeof(T), alignof(T), false, line);
    return *address;
}

template <typename T>
KG_DEVICE void kg_store(T* address, T value, int line = __builtin_LINE())
{
    kernelgen_emulator->global_access(address, sizeof(T), alignof(T), true, line);
    *address = value;
}

template <typename T>
KG_DEVICE T kg_load_streaming(const T* address, int line = __builtin_LINE())
{
    return kg_load(address, line);
}

template <typename T>
KG_DEVICE void kg_store_streaming(T* address, T value, int line = __builtin_LINE())
{
    kg_store(address, value, line);
}

KG_DEVICE unsigned int kg_load_if(const unsigned char* address, bool condition, unsigned int otherwise, int line = __builtin_LINE())
{
    return condition ? kg_load(address, line) : otherwise;
}

KG_DEVICE float kg_load_if(const float* address, bool condition, float otherwise, int line = __builtin_LINE())
{
    return condition ? kg_load(address, line) : otherwise;
}

template <typename T>
KG_DEVICE T kg_load_shared(const float* address, int line = __builtin_LINE())
{
    kernelgen_emulator->shared_access(address, sizeof(T), false, line);
    return *reinterpret_cast<const T*>(address);
}

template <typename T>
KG_DEVICE void kg_store_shared(float* address, T value, int line = __builtin_LINE())
{
    kernelgen_emulator->shared_access(address, sizeof(T), true, line);
    *reinterpret_cast<T*>(address) = value;
}

KG_DEVICE float* kg_shared_memory() { return kernelgen_emulator->current.shared; }
