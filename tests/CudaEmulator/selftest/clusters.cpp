// Clusters against their definition: ranks, the barrier, boxes that go to several blocks at once, arrivals from other blocks; and kernels
// with one fault each.
#include "hopper.hpp"

namespace selftest {

namespace {

constexpr int threads = 128;
constexpr int part_rows = 8, part_words = part_rows * 64 / 2;

struct Expectation {
    const char* kernel;
    int code;
    const char* reasons[2]; // which of them shows is chance, in one case or two
};

constexpr int illegal_address = 700;
constexpr int launch_failed = 719;
constexpr int invalid_cluster_size = 912;

const Expectation expectations[] = {
    {"arrives_before_the_barrier", launch_failed, {"there is no mbarrier at shared offset", "and no barrier is between the two"}},
    {"copies_before_the_barrier", launch_failed, {"of the cluster: there is no mbarrier", "and no barrier is between the two"}},
    {"leaves_before_the_arrival", launch_failed, {"may still arrive at its mbarriers", "which has left"}},
    {"leaves_before_the_copy", launch_failed, {"the block ends while", "the block has left"}},
    {"arrives_at_a_block_that_left", launch_failed, {"may still arrive at its mbarriers", "which has left"}},
    {"overwrites_what_the_other_reads", illegal_address, {"no barrier is between the two", "was not waited for"}},
    {"copies_over_what_the_other_stored", illegal_address, {"and no barrier is between the two", "an asynchronous copy"}},
    {"copies_over_a_store_it_was_not_told_of", illegal_address,
        {"wrote offset 0 and no barrier is between the two", "wrote offset 0 and no barrier is between the two"}},
    {"waits_at_the_others_mbarrier", illegal_address, {"not of block 0 of the cluster", "not of block 1 of the cluster"}},
    {"arrives_twice_at_the_barrier", launch_failed, {"again before that is complete", "again before that is complete"}},
    {"waits_without_an_arrival", launch_failed, {"without having arrived", "without having arrived"}},
    {"one_block_misses_the_barrier", launch_failed, {"waits at the cluster's barrier for ever", "waits at an mbarrier for ever"}},
    {"expects_its_share_alone", launch_failed, {"bytes", "bytes"}},
    {"copies_to_no_block", launch_failed, {"a block that the cluster does not have", "a block that the cluster does not have"}},
    {"addresses_no_block", launch_failed, {"the cluster has no block 2", "the cluster has no block 2"}},
    {"reads_before_the_copy_landed", illegal_address, {"has not waited for its asynchronous copy", "was not waited for"}},
};

// A tensor of 64 columns as (64, rows, 1, 1), in boxes of eight rows.
void encode(unsigned char* map, std::uintptr_t tensor, int rows)
{
    const std::uint64_t dims[] = {64, static_cast<std::uint64_t>(rows), 1, 1}, strides[] = {128, 128, 128};
    const std::uint32_t box[] = {64, part_rows, 1, 1}, steps[] = {1, 1, 1, 1};
    require(cuTensorMapEncodeTiled(map, 6, 4, tensor, dims, strides, box, steps, 0, 0, 0, 0), "cuTensorMapEncodeTiled");
}

void test_ranks(void* module)
{
    constexpr int blocks = 8 * 3;
    std::vector<int> told(blocks * threads, -1), heard(blocks * threads, -1);
    std::uintptr_t from = upload(told), to = upload(heard);
    void* pointers[] = {&from, &to};
    require(cuLaunchKernel(function_of(module, "ranks", 0), 8, 3, 1, threads, 1, 1, 0, nullptr, pointers, nullptr), "ranks");
    require(cuCtxSynchronize(), "ranks");
    require(cuMemcpyDtoH_v2(heard.data(), to, 4 * heard.size()), "cuMemcpyDtoH");
    int wrong = 0;
    for (int block = 0; block < blocks; block++)
        for (int thread = 0; thread < threads; thread++) {
            const int rank = block % 8 % 4, next = (rank + 1) % 4;
            wrong += heard[block * threads + thread] != 1000 * (block - rank + next) + next;
        }

    tally().check(wrong == 0, "ranks of a cluster: " + std::to_string(wrong) + " wrong");
}

void test_shares(void* module, const char* kernel, int cluster, unsigned mask)
{
    constexpr int width = 8, height = 2, rounds = 5;
    const int rows = width * height * rounds * part_rows;
    std::vector<std::uint16_t> tensor(static_cast<std::size_t>(rows) * 64);
    for (std::size_t i = 0; i < tensor.size(); i++)
        tensor[i] = static_cast<std::uint16_t>(i * 40503u >> 3);
    std::vector<unsigned> output(width * height * threads, 0);
    std::uintptr_t from = upload(tensor), to = upload(output);
    alignas(64) unsigned char map[128];
    encode(map, from, rows);
    int round_count = rounds;
    void* pointers[] = {map, &to, &round_count, &mask};
    const unsigned bytes = 2u * static_cast<unsigned>(cluster) * part_words * 4 + 32;
    require(cuLaunchKernel(function_of(module, kernel, 100 * 1024), width, height, 1, 2 * threads, 1, 1, bytes, nullptr, pointers, nullptr),
        kernel);
    require(cuCtxSynchronize(), kernel);
    require(cuMemcpyDtoH_v2(output.data(), to, 4 * output.size()), "cuMemcpyDtoH");

    int wrong = 0;
    for (int block = 0; block < width * height; block++)
        for (int thread = 0; thread < threads; thread++) {
            const int rank = block % cluster;
            unsigned expected = 0;
            if (mask >> rank & 1)
                for (int round = 0; round < rounds; round++)
                    for (int word = thread; word < cluster * part_words; word += threads) {
                        const std::size_t at = 2
                            * ((static_cast<std::size_t>(block - rank) * rounds + static_cast<std::size_t>(round * cluster)) * part_words
                                + static_cast<std::size_t>(word));
                        expected += static_cast<unsigned>(round + 1) * (tensor[at] | static_cast<unsigned>(tensor[at + 1]) << 16);
                    }

            wrong += output[block * threads + thread] != expected;
        }

    tally().check(wrong == 0, std::string(kernel) + ": " + std::to_string(wrong) + " wrong");
}

int run(void* module, const char* kernel, int blocks, const std::vector<std::uint16_t>& tensor, std::vector<std::uint16_t>& output,
    std::string& message)
{
    output.assign(2 * part_words * 2, 0);
    std::uintptr_t from = upload(tensor), to = upload(output);
    alignas(64) unsigned char map[128];
    encode(map, from, part_rows);
    void* pointers[] = {map, &to};
    int code =
        cuLaunchKernel(function_of(module, kernel, 4096), static_cast<unsigned>(blocks), 1, 1, threads, 1, 1, part_words * 4 + 16, nullptr,
            pointers, nullptr);
    if (code == 0)
        code = cuCtxSynchronize();
    const char* text = "";
    cuGetErrorString(code, &text);
    message = text;
    if (code == 0)
        require(cuMemcpyDtoH_v2(output.data(), to, 2 * output.size()), "cuMemcpyDtoH");
    return code;
}

void test_faults(const std::string& image)
{
    std::vector<std::uint16_t> tensor(part_words * 2), output;
    for (std::size_t i = 0; i < tensor.size(); i++)
        tensor[i] = static_cast<std::uint16_t>(7 * i + 1);
    std::string message;
    const auto with_context = [&](const char* kernel, int blocks) {
        open_context();
        void* module = nullptr;
        require(cuModuleLoadData(&module, image.data()), "cuModuleLoadData");
        const int code = run(module, kernel, blocks, tensor, output, message);
        close_context();
        return code;
    };
    for (const char* seed : {"1", "2", "3", "4", "5", "4711"}) {
        emulator_set("CUDA_EMULATOR_SEED", seed);
        for (const Expectation& expected : expectations) {
            const int code = with_context(expected.kernel, 2);
            const bool right = code == expected.code
                && (message.find(expected.reasons[0]) != std::string::npos || message.find(expected.reasons[1]) != std::string::npos);
            tally().check(right, std::string(expected.kernel) + ", seed " + seed + ": " + std::to_string(code) + ", " + message);
        }

        for (const char* kernel : {"faultless", "copies_over_a_store_it_was_told_of"}) {
            const int code = with_context(kernel, 2);
            bool same = code == 0;
            for (std::size_t i = 0; i < output.size() && same; i++)
                same = output[i] == tensor[i % tensor.size()];
            tally().check(same, std::string(kernel) + ", seed " + seed + ": " + std::to_string(code) + ", " + message);
        }
    }

    tally().check(with_context("faultless", 3) == invalid_cluster_size, "a grid that is no multiple of the cluster: " + message);
    emulator_set("CUDA_EMULATOR_SEED", "1");
}

} // namespace

void test_clusters(const Headers& headers, const std::string& kernels)
{
    const Compiled compiled = compile(read_file(kernels + "/clusters.cu"), headers, "sm_90a");
    tally().check(compiled.result == 0, "clusters.cu does not compile:\n" + compiled.log);
    const Compiled faulty = compile(read_file(kernels + "/cluster_faults.cu"), headers, "sm_90a");
    tally().check(faulty.result == 0, "cluster_faults.cu does not compile:\n" + faulty.log);
    if (compiled.result != 0 || faulty.result != 0)
        return;

    for (const char* seed : {"1", "2", "3", "17"}) {
        emulator_set("CUDA_EMULATOR_SEED", seed);
        open_context();
        void* module = nullptr;
        require(cuModuleLoadData(&module, compiled.image.data()), "cuModuleLoadData");
        test_ranks(module);
        test_shares(module, "shared_by_two", 2, 3);
        test_shares(module, "shared_by_four", 4, 15);
        test_shares(module, "shared_by_four", 4, 10);
        close_context();
    }

    emulator_set("CUDA_EMULATOR_SEED", "1");
    test_faults(faulty.image);
}

} // namespace selftest
