// mbarriers: phases that end when as many threads have arrived as were said, and as many bytes have landed as were expected.
#include "block_state.hpp"

#include <cstdio>
#include <map>

namespace emulator {

namespace {

constexpr std::int64_t most_transactions = (1 << 20) - 1;

struct Mbarrier {
    std::uint32_t phase = 0;
    std::uint32_t expected = 0;
    std::uint32_t pending = 0;
    std::int64_t bytes = 0;
    int number = 0;           // of its entry in the clocks
    bool observed = true;     // somebody has seen the end of the phase before this one
    bool copied = false;      // copies landed in the phase that is over, or in the one that runs
    Moment initialized;
    bool fenced = false;      // its initialisation is visible to asynchronous copies
    Clock arriving;           // what those who arrived in this phase did
    Clock completed;          // what those did who arrived in the phases before
};

std::map<std::uint32_t, Mbarrier>& all()
{
    static std::map<std::uint32_t, Mbarrier> instance;
    return instance;
}

Mbarrier& find(std::uint32_t offset, int line)
{
    const auto found = all().find(offset);
    if (found == all().end())
        fail(FaultKind::launch_failed, line, "there is no mbarrier at shared offset " + std::to_string(offset));
    if (!launch().order.is_before(found->second.initialized, launch().running))
        fail(FaultKind::launch_failed, line,
            "the mbarrier at shared offset " + std::to_string(offset) + " was initialised by thread " + std::to_string(found->second.initialized.agent)
                + " and no barrier is between the two");
    return found->second;
}

void complete_phase(std::uint32_t offset, Mbarrier& barrier)
{
    if (barrier.pending != 0 || barrier.bytes != 0)
        return;

    barrier.phase++;
    barrier.pending = barrier.expected;
    barrier.observed = false;
    barrier.completed = barrier.arriving;
    barrier.completed.resize(launch().order.threads() + Ordering::most_mbarriers);
    barrier.completed[launch().order.threads() + barrier.number] = barrier.phase;
    Launch& current = launch();
    for (int i = 0; i < current.thread_count; i++)
        if (current.threads[i].state == State::at_mbarrier && current.threads[i].awaited == offset)
            make_ready(i);
}

std::string transactions_fault(std::uint32_t offset, const Mbarrier& barrier)
{
    return barrier.bytes > most_transactions || barrier.bytes < -most_transactions
        ? "the mbarrier at shared offset " + std::to_string(offset) + " counts " + std::to_string(barrier.bytes) + " bytes, more than it can"
        : "";
}

} // namespace

void start_mbarriers() { all().clear(); }

bool is_mbarrier(std::uint32_t offset) { return all().count(offset) != 0; }

std::string describe_mbarrier(std::uint32_t offset)
{
    const Mbarrier& barrier = all()[offset];
    return "the one at shared offset " + std::to_string(offset) + " is in phase " + std::to_string(barrier.phase) + ", which lacks "
        + std::to_string(barrier.pending) + " arrivals and " + std::to_string(barrier.bytes) + " bytes";
}

std::string end_mbarriers()
{
    for (const auto& entry : all())
        if (entry.second.copied && !entry.second.observed)
            return "the block ends while nobody has waited for the copies that the mbarrier at shared offset " + std::to_string(entry.first) + " counted";
        else if (entry.second.bytes != 0)
            return "the block ends while the mbarrier at shared offset " + std::to_string(entry.first) + " counts " + std::to_string(entry.second.bytes)
                + " bytes: what copies brought and what was expected differ";
    return "";
}

Moment mbarrier_moment(std::uint32_t offset)
{
    const Mbarrier& barrier = all()[offset];
    return {launch().order.threads() + barrier.number, 0, barrier.phase + 1};
}

std::string complete_bytes(std::uint32_t offset, unsigned bytes)
{
    Mbarrier& barrier = all()[offset];
    barrier.bytes -= bytes;
    barrier.copied = true;
    const std::string wrong = transactions_fault(offset, barrier);
    complete_phase(offset, barrier);
    return wrong;
}

std::string mbarrier_for_copy_fault(std::uint32_t offset, int thread)
{
    const auto found = all().find(offset);
    if (found == all().end())
        return "there is no mbarrier at shared offset " + std::to_string(offset);
    if (!found->second.fenced)
        return "the initialisation of the mbarrier at shared offset " + std::to_string(offset) + " was not fenced for asynchronous copies";
    if (!launch().order.is_before(found->second.initialized, thread))
        return "the mbarrier at shared offset " + std::to_string(offset) + " was initialised by another thread and no barrier is between the two";
    return "";
}

void mbarrier_init(unsigned address, unsigned count, int line)
{
    Launch& current = launch();
    current.order.refine();
    const auto offset = static_cast<std::uint32_t>(shared_offset(address, 8, line));
    if (count < 1 || count > most_transactions)
        fail(FaultKind::launch_failed, line, "an mbarrier for " + std::to_string(count) + " arrivals");
    if (all().size() == Ordering::most_mbarriers)
        fail(FaultKind::launch_failed, line, "the emulator knows " + std::to_string(Ordering::most_mbarriers) + " mbarriers at most");
    const std::string wrong = current.shared.claim_mbarrier(offset, current.running);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, "mbarrier.init: " + wrong);

    Mbarrier barrier;
    barrier.expected = barrier.pending = count;
    barrier.number = static_cast<int>(all().size());
    barrier.initialized = current.order.now(current.running);
    all()[offset] = barrier;
}

void mbarrier_arrive(unsigned address, unsigned count, bool expects, unsigned bytes, int line)
{
    Launch& current = launch();
    const auto offset = static_cast<std::uint32_t>(shared_offset(address, 8, line));
    Mbarrier& barrier = find(offset, line);
    if (!barrier.observed)
        fail(FaultKind::launch_failed, line,
            "it arrives at the mbarrier at shared offset " + std::to_string(offset) + ", whose phase before nobody has seen the end of");
    if (count == 0 || count > barrier.pending)
        fail(FaultKind::launch_failed, line,
            std::to_string(count) + " arrivals at the mbarrier at shared offset " + std::to_string(offset) + ", which waits for " + std::to_string(barrier.pending));
    if (expects)
        barrier.bytes += bytes;
    barrier.pending -= count;
    const std::string wrong = transactions_fault(offset, barrier);
    if (!wrong.empty())
        fail(FaultKind::launch_failed, line, wrong);
    current.order.release(current.running, barrier.arriving);
    complete_phase(offset, barrier);
}

void mbarrier_wait(unsigned address, unsigned parity, int line)
{
    Launch& current = launch();
    const auto offset = static_cast<std::uint32_t>(shared_offset(address, 8, line));
    if (parity > 1)
        fail(FaultKind::launch_failed, line, "parity " + std::to_string(parity) + " of a phase");

    // Asked again each time it wakes, as try_wait is: who comes too late by a whole phase waits for ever.
    const int thread = current.running;
    while (find(offset, line).phase % 2 == parity) {
        current.threads[thread].awaited = offset;
        wait(State::at_mbarrier, line);
    }

    Mbarrier& barrier = find(offset, line);
    if (barrier.phase > 0) {
        barrier.observed = true;
        barrier.copied = barrier.bytes != 0;
        current.order.acquire(thread, barrier.completed);
    }
}

void fence_mbarrier_init(int)
{
    Launch& current = launch();
    for (auto& entry : all())
        entry.second.fenced |= entry.second.initialized.agent == current.running;
}

} // namespace emulator
