// Language: a kernel is a plain function that the emulator calls once for every thread.
#pragma once

#define __global__
#define __device__
#define __launch_bounds__(...)
#define __cluster_dims__(...)
#define __grid_constant__
#define __forceinline__ inline
#define KG_DEVICE static inline
