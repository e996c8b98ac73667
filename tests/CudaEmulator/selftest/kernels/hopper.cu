// What compute capability 9.0 brings: products of a warpgroup, tensor copies, mbarriers.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"

constexpr int warpgroup = 128;

// What one product is asked for.
struct Product
{
    unsigned long long a;
    unsigned long long b;
    int columns;
    int words;       // of shared memory that the matrices lie in
    int bfloat16;
    int registers;   // A comes from registers: four words a thread, after the matrices
    int trans_a;
    int trans_b;
    int accumulate;
};

template <typename T, int trans_a, int trans_b, int tiles>
KG_DEVICE void multiply(float (&sums)[tiles][4], const Product& product, const kg_fragment& fragment)
{
    if (product.registers)
        kg_multiply_registers<trans_b>(T(), sums, fragment, product.b, product.accumulate != 0);
    else
        kg_multiply_shared<trans_a, trans_b>(T(), sums, product.a, product.b, product.accumulate != 0);
}

template <typename T, int tiles>
KG_DEVICE void multiply_by_layout(float (&sums)[tiles][4], const Product& product, const kg_fragment& fragment)
{
    if (product.trans_a && product.trans_b)
        multiply<T, 1, 1>(sums, product, fragment);
    else if (product.trans_a)
        multiply<T, 1, 0>(sums, product, fragment);
    else if (product.trans_b)
        multiply<T, 0, 1>(sums, product, fragment);
    else
        multiply<T, 0, 0>(sums, product, fragment);
}

// sums: [thread][columns / 2], given and taken back.
template <int columns>
KG_DEVICE void run_product(const Product& product, const unsigned int* words, float* sums)
{
    for (int i = kg_thread(); i < product.words; i += warpgroup)
        kg_store_shared(kg_shared_memory() + i, kg_load(words + i));
    kg_fence_async_proxy();
    kg_barrier();

    kg_fragment fragment = {};
    float mine[columns / 8][4];
    for (int i = 0; i < 4 && product.registers; i++)
        fragment.at[i] = kg_load(words + product.words + 4 * kg_thread() + i);
    for (int n = 0; n < columns / 8; n++)
        for (int i = 0; i < 4; i++)
            mine[n][i] = kg_load(sums + kg_thread() * (columns / 2) + 4 * n + i);

    kg_product_fence();
    if (product.bfloat16)
        multiply_by_layout<kg_bf16>(mine, product, fragment);
    else
        multiply_by_layout<kg_f16>(mine, product, fragment);
    kg_commit_products();
    kg_wait_products<0>();
    for (int n = 0; n < columns / 8; n++)
        for (int i = 0; i < 4; i++)
            kg_store(sums + kg_thread() * (columns / 2) + 4 * n + i, mine[n][i]);
}

extern "C" __global__ void __launch_bounds__(warpgroup) product(const Product product, const unsigned int* words, float* sums)
{
    switch (product.columns)
    {
    case 8: return run_product<8>(product, words, sums);
    case 24: return run_product<24>(product, words, sums);
    case 40: return run_product<40>(product, words, sums);
    case 48: return run_product<48>(product, words, sums);
    case 64: return run_product<64>(product, words, sums);
    case 80: return run_product<80>(product, words, sums);
    case 112: return run_product<112>(product, words, sums);
    case 128: return run_product<128>(product, words, sums);
    case 160: return run_product<160>(product, words, sums);
    case 176: return run_product<176>(product, words, sums);
    case 256: return run_product<256>(product, words, sums);
    }
}

struct Maps
{
    kg_tensor_map from;
    kg_tensor_map to;
};

struct Box
{
    int place[5];
    int rank;
    int words;
};

template <int rank>
KG_DEVICE void copy_box(const Maps& maps, const Box& box, unsigned int shared, unsigned int barrier)
{
    int place[rank];
    for (int i = 0; i < rank; i++)
        place[i] = box.place[i];
    kg_tensor_load(shared, maps.from, barrier, place);
    kg_mbarrier_wait(barrier, 0);
    kg_tensor_store(maps.to, shared, place);
    kg_commit_tensor_stores();
    kg_wait_tensor_stores<0>();
}

// Bytes in a row: as many 16-byte lines of `input` from the `first`-th on, to shared memory and back by the threads. The mbarrier lies
// behind them.
extern "C" __global__ void __launch_bounds__(warpgroup) bulk(
    const unsigned int* input, unsigned int* output, const int first, const int lines)
{
    const unsigned int shared = kg_shared_address(kg_shared_memory());
    const unsigned int barrier = shared + 16 * lines;
    if (kg_thread() == 0)
    {
        kg_mbarrier_init(barrier, 1);
        kg_fence_mbarrier_init();
        kg_mbarrier_arrive_expect(barrier, 16 * lines);
        kg_bulk_load(shared, input + 4 * first, 16 * (lines / 2), barrier);
        kg_bulk_load(shared + 16 * (lines / 2), input + 4 * (first + lines / 2), 16 * (lines - lines / 2), barrier);
    }

    kg_barrier();
    kg_mbarrier_wait(barrier, 0);
    for (int i = kg_thread(); i < 4 * lines; i += warpgroup)
        kg_store(output + i, kg_load_shared<unsigned int>(kg_shared_memory() + i));
}

// Loads a box, shows how it lies in shared memory, and stores it to another tensor. The mbarrier lies behind the box.
extern "C" __global__ void __launch_bounds__(warpgroup) copies(const __grid_constant__ Maps maps, const Box box, unsigned int* output)
{
    const unsigned int shared = kg_shared_address(kg_shared_memory());
    const unsigned int barrier = shared + 4 * box.words;
    if (kg_thread() == 0)
    {
        kg_prefetch_tensor_map(maps.from);
        kg_mbarrier_init(barrier, 1);
        kg_fence_mbarrier_init();
    }

    kg_barrier();
    if (kg_thread() == 0)
    {
        kg_mbarrier_arrive_expect(barrier, 4 * box.words);
        switch (box.rank)
        {
        case 2: copy_box<2>(maps, box, shared, barrier); break;
        case 3: copy_box<3>(maps, box, shared, barrier); break;
        case 4: copy_box<4>(maps, box, shared, barrier); break;
        case 5: copy_box<5>(maps, box, shared, barrier); break;
        }
    }

    kg_mbarrier_wait(barrier, 0);
    for (int i = kg_thread(); i < box.words; i += warpgroup)
        kg_store(output + i, kg_load_shared<unsigned int>(kg_shared_memory() + i));
}

// Rounds of a ring of two stages: the first warpgroup writes numbers, the second adds them up; mbarriers say what is full and what is
// empty. Then both take turns by named barriers, and registers change hands.
extern "C" __global__ void __launch_bounds__(2 * warpgroup, 2) ring(const unsigned int* input, unsigned int* output, int rounds)
{
    constexpr int stages = 2;
    float* shared = kg_shared_memory();
    const unsigned int barriers = kg_shared_address(shared) + 4 * stages * warpgroup;
    const int lane = kg_thread() % warpgroup;
    if (kg_thread() == 0)
    {
        for (int i = 0; i < stages; i++)
        {
            kg_mbarrier_init(barriers + 8 * i, warpgroup);
            kg_mbarrier_init(barriers + 8 * (stages + i), warpgroup / 32);
        }

        kg_fence_mbarrier_init();
    }

    kg_barrier();
    if (kg_thread() < warpgroup)
    {
        kg_release_registers<40>();
        for (int round = 0; round < rounds; round++)
        {
            const int stage = round % stages;
            kg_mbarrier_wait(barriers + 8 * (stages + stage), round / stages % 2 ^ 1);
            kg_store_shared(shared + stage * warpgroup + lane, kg_load(input + lane) + round);
            kg_mbarrier_arrive(barriers + 8 * stage);
        }

        // Answers in turn with the other warpgroup.
        kg_named_barrier_arrive(3, 2 * warpgroup);
        kg_named_barrier_sync(4, 2 * warpgroup);
        kg_store(output + lane, kg_load_shared<unsigned int>(shared + (lane + 7) % warpgroup));
        return;
    }

    kg_take_registers<208>();
    unsigned int sum = 0;
    for (int round = 0; round < rounds; round++)
    {
        const int stage = round % stages;
        kg_mbarrier_wait(barriers + 8 * stage, round / stages % 2);
        sum += kg_load_shared<unsigned int>(shared + stage * warpgroup + (lane + 5) % warpgroup);
        // Of each warp one lane tells that it is done, when all lanes are.
        const bool elected = kg_elect();
        kg_warp_barrier();
        if (rounds > stages || round < stages)
        {
            kg_named_barrier_sync(1 + lane / 64, 64);
            if (elected)
                kg_mbarrier_arrive(barriers + 8 * (stages + stage));
        }
    }

    kg_named_barrier_sync(3, 2 * warpgroup);
    kg_store_shared(shared + lane, sum);
    kg_named_barrier_arrive(4, 2 * warpgroup);
}
