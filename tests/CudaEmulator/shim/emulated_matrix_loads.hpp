// Matrix loads, as PTX defines ldmatrix: lanes 8i...8i + 7 give the rows of matrix i; a lane reads its elements itself, so that the
// emulator sees who reads what.
#pragma once

#include <cstring>

KG_DEVICE unsigned int kg_shared_address(const float* address)
{
    return emulator::shared_window
        + static_cast<unsigned int>(reinterpret_cast<const char*>(address) - reinterpret_cast<const char*>(kg_shared_memory()));
}

KG_DEVICE char* kg_emulated_shared(unsigned int address)
{
    return reinterpret_cast<char*>(kg_shared_memory()) + (static_cast<long long>(address) - emulator::shared_window);
}

struct kg_emulated_row_addresses
{
    unsigned int mine;
    unsigned int all[32];
};

KG_DEVICE void kg_emulated_share_addresses(void* const* lanes)
{
    for (int i = 0; i < 32; i++)
        for (int j = 0; j < 32; j++)
            static_cast<kg_emulated_row_addresses*>(lanes[i])->all[j] = static_cast<const kg_emulated_row_addresses*>(lanes[j])->mine;
}

KG_DEVICE unsigned int kg_emulated_element(unsigned int row, int column, int line)
{
    if (row % 16 != 0)
        kernelgen_emulator->misaligned_shared(kg_emulated_shared(row), 16, line);
    const char* address = kg_emulated_shared(row) + 2 * column;
    kernelgen_emulator->shared_access(address, 2, false, line);
    unsigned short bits;
    std::memcpy(&bits, address, 2);
    return bits;
}

KG_DEVICE kg_fragment kg_emulated_load_matrices(unsigned int address, int matrices, bool transposed, int line)
{
    kg_emulated_row_addresses rows = {};
    rows.mine = address;
    emulated::with_warp(rows, kg_emulated_share_addresses, line);

    const int group = kg_thread() % 32 / 4;
    const int pair = kg_thread() % 4;
    kg_fragment result = {};
    for (int i = 0; i < matrices; i++)
    {
        unsigned int elements[2];
        for (int e = 0; e < 2; e++)
        {
            const int row = transposed ? 2 * pair + e : group;
            const int column = transposed ? group : 2 * pair + e;
            elements[e] = kg_emulated_element(rows.all[8 * i + row], column, line);
        }

        result.at[i] = elements[0] | elements[1] << 16;
    }

    return result;
}

KG_DEVICE kg_fragment kg_load_matrices_x4(
    unsigned int address, int line = __builtin_LINE()) { return kg_emulated_load_matrices(address, 4, false, line); }
KG_DEVICE kg_fragment kg_load_matrices_x4_transposed(
    unsigned int address, int line = __builtin_LINE()) { return kg_emulated_load_matrices(address, 4, true, line); }
KG_DEVICE kg_fragment kg_load_matrices_x2(
    unsigned int address, int line = __builtin_LINE()) { return kg_emulated_load_matrices(address, 2, false, line); }
KG_DEVICE kg_fragment kg_load_matrices_x2_transposed(
    unsigned int address, int line = __builtin_LINE()) { return kg_emulated_load_matrices(address, 2, true, line); }
