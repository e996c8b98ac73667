// The C++ side of a generated kernel: supplies what primitives/{language,threads,memory,arithmetic} are on a GPU. One file per group.
#pragma once

#include "emulator_abi.hpp"
#include "emulated_language.hpp"
#include "emulated_threads.hpp"
#include "emulated_memory.hpp"
#include "emulated_arithmetic.hpp"
