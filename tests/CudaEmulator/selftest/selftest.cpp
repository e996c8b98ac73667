// selftest TEMPLATES KERNELS: the emulator's own tests, with the project's templates and the kernels beside this file.
// selftest ATTENTION: generated attention kernels, all those of a folder.
#include "gpu.hpp"

namespace {

void test_emulator(const char* templates, const char* kernels)
{
    const std::string primitives = selftest::primitives_of(templates);
    selftest::test_driver(primitives);
    selftest::test_primitives(primitives, kernels);
    selftest::test_tensor_core(primitives, kernels);
    selftest::test_hopper(
        {{"kernelgen_primitives.cuh", primitives},
            {"kernelgen_sm90a_primitives.cuh", selftest::primitives_of(templates, "sm90a/primitives")}}, kernels);
    selftest::test_hopper_parts(templates, kernels);
    selftest::test_faults(primitives, kernels);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc == 3)
        test_emulator(argv[1], argv[2]);
    else if (argc == 2)
        selftest::test_attention(argv[1]);
    else {
        std::fprintf(stderr, "usage: selftest TEMPLATES KERNELS | selftest ATTENTION\n");
        return 2;
    }

    std::printf("%d passed, %d failed\n", selftest::tally().passed, selftest::tally().failed);
    return selftest::tally().failed == 0 ? 0 : 1;
}
