// Fibers: stacks that the scheduler switches between. An emulated thread is one.
#pragma once

#include <cstddef>

namespace emulator {

class Fiber {
public:
    static constexpr std::size_t stack_bytes = 256 * 1024;

    Fiber();
    ~Fiber();
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;

    // Makes the fiber start `body` at its next switch. What it ran before is forgotten, not unwound.
    void start(void (*body)());

    // From the scheduler: runs the fiber until it calls leave().
    void enter();

    // From within the fiber that runs: back to the scheduler, until the next enter().
    void leave();

private:
    void* stack_;
    void* context_ = nullptr;
    void* scheduler_ = nullptr;
};

} // namespace emulator
