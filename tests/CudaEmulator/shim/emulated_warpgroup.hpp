// Asynchronous matrix products of a warpgroup. The emulator takes the accumulators away when a product begins, leaves NaN, and gives them
// back to the wait.
#pragma once

KG_DEVICE int kg_warpgroup() { return kg_thread() / 128; }
KG_DEVICE int kg_uniform(int value, int line = __builtin_LINE()) { return kernelgen_emulator->hopper->uniform(value, line); }
KG_DEVICE void kg_product_fence(int line = __builtin_LINE()) { kernelgen_emulator->hopper->matrix_fence(line); }
KG_DEVICE void kg_commit_products(int line = __builtin_LINE()) { kernelgen_emulator->hopper->matrix_commit(line); }

template <int pending>
KG_DEVICE void kg_wait_products(int line = __builtin_LINE())
{
    kernelgen_emulator->hopper->matrix_wait(pending, line);
}

// Here nobody moves a wait.
KG_DEVICE void kg_complete_before_wait(
    unsigned int barrier, float, float, int line = __builtin_LINE()) { kernelgen_emulator->hopper->mbarrier_test(barrier, line); }

template <int tiles>
KG_DEVICE void kg_pin(float (&)[tiles][4])
{
}

template <int steps>
KG_DEVICE void kg_pin(kg_fragment (&)[steps])
{
}

// `trans_a` and `trans_b` are as the instruction's.
template <int trans_a, int trans_b, typename T, int tiles>
KG_DEVICE void kg_multiply_shared(
    T, float (&sums)[tiles][4], unsigned long long a, unsigned long long b, bool accumulate, int line = __builtin_LINE())
{
    const emulator::MatrixProduct product =
        {sums[0], 8 * tiles, accumulate, kg_emulated_is_bfloat16(T()), nullptr, a, b, trans_a != 0, trans_b != 0};
    kernelgen_emulator->hopper->matrix_multiply(&product, line);
}

template <int trans_b, typename T, int tiles>
KG_DEVICE void kg_multiply_registers(
    T, float (&sums)[tiles][4], const kg_fragment& a, unsigned long long b, bool accumulate, int line = __builtin_LINE())
{
    const emulator::MatrixProduct product = {sums[0], 8 * tiles, accumulate, kg_emulated_is_bfloat16(T()), a.at, 0, b, false, trans_b != 0};
    kernelgen_emulator->hopper->matrix_multiply(&product, line);
}
