// cp.async: copies of a thread, in groups that it waits for.
#include "block_state.hpp"
#include "memory.hpp"

#include <cstdio>
#include <cstring>

namespace emulator {

void copy_async(void* shared, const void* global, int bytes, int line)
{
    constexpr std::size_t line_bytes = 16;
    Launch& current = launch();
    const auto from = reinterpret_cast<std::uintptr_t>(global);
    const auto to = reinterpret_cast<std::uintptr_t>(shared);
    if (from % line_bytes != 0)
        fail(FaultKind::misaligned_address, line,
            describe("asynchronous copy", line_bytes, global) + "the address is not a multiple of 16");
    if ((to - reinterpret_cast<std::uintptr_t>(own_shared().begin())) % line_bytes != 0)
        misaligned_shared(shared, line_bytes, line);
    if (bytes < 0 || bytes > static_cast<int>(line_bytes))
        fail(FaultKind::launch_failed, line, "an asynchronous copy that reads " + std::to_string(bytes) + " of 16 bytes");

    std::string wrong = bytes == 0 ? "" : device_memory().access_fault(from, static_cast<std::size_t>(bytes), false);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, describe("asynchronous copy", static_cast<std::size_t>(bytes), global) + wrong);
    wrong = own_shared().begin_copy(to, line_bytes, current.running);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, describe("asynchronous copy to shared memory", line_bytes, shared) + wrong);
    current.threads[current.running].copies.push_back({to, global, bytes});
}

void commit_copies()
{
    Launch& current = launch();
    EmulatedThread& self = current.threads[current.running];
    self.groups.push_back(std::move(self.copies));
    self.copies.clear();
}

void wait_copies(int pending, int)
{
    Launch& current = launch();
    EmulatedThread& self = current.threads[current.running];
    for (; self.groups.size() > static_cast<std::size_t>(pending); self.groups.pop_front())
        for (const AsyncCopy& copy : self.groups.front()) {
            unsigned char data[16] = {};
            std::memcpy(data, copy.global, static_cast<std::size_t>(copy.bytes));
            own_shared().land_copy(copy.shared, data, sizeof data, current.running);
        }
}

} // namespace emulator
