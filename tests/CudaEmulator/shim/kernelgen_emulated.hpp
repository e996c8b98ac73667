// The C++ side of a generated kernel, and of the kernels of `probe`: supplies what
// primitives/{language,threads,memory,arithmetic,votes,matrix_loads,tensor_core, async_copies,mbarriers,tensor_copies,clusters,warpgroup}
// are on a GPU, and the clock of the probes. One file per group.
#pragma once

#include "emulator_abi.hpp"
#include "emulated_language.hpp"
#include "emulated_threads.hpp"
#include "emulated_memory.hpp"
#include "emulated_arithmetic.hpp"
#include "emulated_clocks.hpp"
#include "emulated_warp.hpp"
#include "emulated_votes.hpp"
#include "emulated_matrix_loads.hpp"
#include "emulated_tensor_core.hpp"
#include "emulated_async_copies.hpp"
#include "emulated_mbarriers.hpp"
#include "emulated_tensor_copies.hpp"
#include "emulated_clusters.hpp"
#include "emulated_warpgroup.hpp"
