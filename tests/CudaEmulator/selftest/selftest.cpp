// The emulator's own tests. selftest TEMPLATES KERNELS [ATTENTION]: the project's templates, the faulty kernels beside this file, and, where
// there is one, a folder of generated attention kernels.
#include "gpu.hpp"

int main(int argc, char** argv)
{
    if (argc < 3) {
        std::fprintf(stderr, "usage: selftest TEMPLATES KERNELS [ATTENTION]\n");
        return 2;
    }

    const std::string primitives = selftest::primitives_of(argv[1]);
    selftest::test_driver(primitives);
    selftest::test_primitives(primitives, argv[2]);
    selftest::test_tensor_core(primitives, argv[2]);
    selftest::test_hopper(
        {{"kernelgen_primitives.cuh", primitives}, {"kernelgen_sm90a_primitives.cuh", selftest::primitives_of(argv[1], "sm90a/primitives")}}, argv[2]);
    selftest::test_hopper_parts(argv[1], argv[2]);
    selftest::test_faults(primitives, argv[2]);
    if (argc > 3)
        selftest::test_attention(argv[3]);
    std::printf("%d passed, %d failed\n", selftest::tally().passed, selftest::tally().failed);
    return selftest::tally().failed == 0 ? 0 : 1;
}
