// What a tensor copy brings when its box is wider than the tensor: 64 elements of rows that have fewer.
#include "kernelgen_primitives.cuh"
#include "kernelgen_sm90a_primitives.cuh"
#include "probe.cuh"

constexpr int box_dims = 64;
constexpr int box_rows = 64;

struct TensorMaps
{
    kg_tensor_map query;
    kg_tensor_map key;
    kg_tensor_map value;
};

extern "C" __global__ void __launch_bounds__(64, 1) probe_wide_box(const KernelArguments arguments, const __grid_constant__ TensorMaps maps)
{
    float* const shared = probe_shared();
    const unsigned int mbarrier = kg_shared_address(shared) + box_rows * box_dims * 2;
    if (kg_thread() == 0)
    {
        kg_mbarrier_init(mbarrier, 1);
        kg_fence_mbarrier_init();
    }

    kg_barrier();
    if (kg_thread() == 0)
    {
        const int place[4] = { 0, 0, 0, 0 };
        kg_mbarrier_arrive_expect(mbarrier, box_rows * box_dims * 2);
        kg_tensor_load(kg_shared_address(shared), maps.key, mbarrier, place);
    }

    kg_mbarrier_wait(mbarrier, 0);

    // A thread returns a row: chunks of 16 bytes have changed places by the lowest bits of the row's number.
    const int row = kg_thread();
    for (int word = 0; word < box_dims / 2; word++)
    {
        const int swizzled = row * box_dims / 2 + (word ^ (row % 8) * 4);
        probe_return(arguments, row * box_dims / 2 + word, kg_load_shared<unsigned int>(shared + swizzled));
    }
}
