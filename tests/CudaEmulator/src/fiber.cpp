#include "fiber.hpp"

#include <cstdint>
#include <new>
#include <sys/mman.h>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace emulator {

namespace {

void* map_stack()
{
    void* memory = mmap(nullptr, Fiber::stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    // The lowest page catches a kernel that needs more stack than there is.
    mprotect(memory, 4096, PROT_NONE);
    return memory;
}

} // namespace

Fiber::~Fiber()
{
    munmap(stack_, stack_bytes);
#if !defined(__x86_64__)
    delete static_cast<ucontext_t*>(context_);
    delete static_cast<ucontext_t*>(scheduler_);
#endif
}

#if defined(__x86_64__)

// Saves the registers that a callee must keep, swaps stacks, restores them: a hundred times cheaper than swapcontext, which asks the kernel
// for the signal mask each time.
asm(R"(
.text
.type emulator_switch, @function
emulator_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size emulator_switch, .-emulator_switch
)");

extern "C" void emulator_switch(void** save, void* load) __attribute__((visibility("hidden")));

Fiber::Fiber() : stack_(map_stack()) {}

void Fiber::start(void (*body)())
{
    // A stack as emulator_switch leaves it: six registers, then where to return to; the return address of `body` itself is never used.
    auto top = reinterpret_cast<std::uintptr_t>(stack_) + stack_bytes;
    auto* slot = reinterpret_cast<void**>(top) - 1;
    *slot = nullptr;
    *--slot = reinterpret_cast<void*>(body);
    for (int i = 0; i < 6; i++)
        *--slot = nullptr;
    context_ = slot;
}

void Fiber::enter() { emulator_switch(&scheduler_, context_); }

void Fiber::leave() { emulator_switch(&context_, scheduler_); }

#else

Fiber::Fiber() : stack_(map_stack()), context_(new ucontext_t), scheduler_(new ucontext_t) {}

void Fiber::start(void (*body)())
{
    auto* context = static_cast<ucontext_t*>(context_);
    getcontext(context);
    context->uc_stack.ss_sp = stack_;
    context->uc_stack.ss_size = stack_bytes;
    context->uc_link = nullptr;
    makecontext(context, body, 0);
}

void Fiber::enter() { swapcontext(static_cast<ucontext_t*>(scheduler_), static_cast<ucontext_t*>(context_)); }

void Fiber::leave() { swapcontext(static_cast<ucontext_t*>(context_), static_cast<ucontext_t*>(scheduler_)); }

#endif

} // namespace emulator
