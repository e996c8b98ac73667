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

// By block and offset.
std::map<std::pair<int, std::uint32_t>, Mbarrier>& all()
{
    static std::map<std::pair<int, std::uint32_t>, Mbarrier> instance;
    return instance;
}

std::pair<int, std::uint32_t> key(const ClusterPlace& place) { return {place.block, place.offset}; }

ClusterPlace own(unsigned address, int line) { return {own_block(), static_cast<std::uint32_t>(shared_offset(address, 8, line))}; }

// "shared offset 64", and of which block where there are several.
std::string name_of(const ClusterPlace& place)
{
    return "shared offset " + std::to_string(place.offset)
        + (launch().geometry.cluster_blocks > 1 ? " of block " + std::to_string(place.block) + " of the cluster" : "");
}

Mbarrier& find(const ClusterPlace& place, int line)
{
    const auto found = all().find(key(place));
    if (found == all().end())
        fail(FaultKind::launch_failed, line, "there is no mbarrier at " + name_of(place));
    if (!launch().order.is_seen(found->second.initialized, launch().running))
        fail(FaultKind::launch_failed, line,
            "the mbarrier at " + name_of(place) + " was initialised by thread " + std::to_string(found->second.initialized.agent)
                + " and no barrier is between the two");
    return found->second;
}

void complete_phase(const ClusterPlace& place, Mbarrier& barrier)
{
    if (barrier.pending != 0 || barrier.bytes != 0)
        return;

    barrier.phase++;
    barrier.pending = barrier.expected;
    barrier.observed = false;
    barrier.completed = barrier.arriving;
    barrier.completed.resize(launch().order.entries());
    barrier.completed[launch().order.threads() + barrier.number] = barrier.phase;
    Launch& current = launch();
    for (int i = 0; i < current.thread_count; i++)
        if (current.threads[i].state == State::at_mbarrier && key(current.threads[i].awaited) == key(place))
            make_ready(i);
}

std::string transactions_fault(const ClusterPlace& place, const Mbarrier& barrier)
{
    return barrier.bytes > most_transactions || barrier.bytes < -most_transactions
        ? "the mbarrier at " + name_of(place) + " counts " + std::to_string(barrier.bytes) + " bytes, more than it can"
        : "";
}

} // namespace

void start_mbarriers() { all().clear(); }

std::string describe_mbarrier(const ClusterPlace& place)
{
    const Mbarrier& barrier = all()[key(place)];
    return "the one at " + name_of(place) + " is in phase " + std::to_string(barrier.phase) + ", which lacks "
        + std::to_string(barrier.pending) + " arrivals and " + std::to_string(barrier.bytes) + " bytes";
}

std::string end_mbarriers(int block)
{
    for (const auto& entry : all())
        if (entry.first.first != block)
            continue;
        else if (entry.second.copied && !entry.second.observed)
            return "the block ends while nobody has waited for the copies that the mbarrier at shared offset "
                + std::to_string(entry.first.second) + " counted";
        else if (entry.second.bytes != 0)
            return "the block ends while the mbarrier at shared offset " + std::to_string(entry.first.second) + " counts "
                + std::to_string(entry.second.bytes)
                + " bytes: what copies brought and what was expected differ";
    return "";
}

Moment mbarrier_moment(const ClusterPlace& place)
{
    const Mbarrier& barrier = all()[key(place)];
    return {launch().order.threads() + barrier.number, 0, barrier.phase + 1};
}

std::string complete_bytes(const ClusterPlace& place, unsigned bytes)
{
    Mbarrier& barrier = all()[key(place)];
    barrier.bytes -= bytes;
    barrier.copied = true;
    const std::string wrong = transactions_fault(place, barrier);
    complete_phase(place, barrier);
    return wrong;
}

std::string mbarrier_for_copy_fault(const ClusterPlace& place, int thread)
{
    const auto found = all().find(key(place));
    if (found == all().end())
        return "there is no mbarrier at " + name_of(place);
    if (!found->second.fenced)
        return "the initialisation of the mbarrier at " + name_of(place) + " was not fenced for asynchronous copies";
    if (!launch().order.is_seen(found->second.initialized, thread))
        return "the mbarrier at " + name_of(place) + " was initialised by another thread and no barrier is between the two";
    return "";
}

void mbarrier_init(unsigned address, unsigned count, int line)
{
    Launch& current = launch();
    current.order.refine();
    const ClusterPlace place = own(address, line);
    if (count < 1 || count > most_transactions)
        fail(FaultKind::launch_failed, line, "an mbarrier for " + std::to_string(count) + " arrivals");
    if (all().size() == Ordering::most_mbarriers)
        fail(FaultKind::launch_failed, line, "the emulator knows " + std::to_string(Ordering::most_mbarriers) + " mbarriers at most");
    const std::string wrong = own_shared().claim_mbarrier(place.offset, current.running);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, "mbarrier.init: " + wrong);

    Mbarrier barrier;
    barrier.expected = barrier.pending = count;
    barrier.number = static_cast<int>(all().size());
    barrier.initialized = current.order.now(current.running);
    all()[key(place)] = barrier;
}

namespace {

// `carries`: what becomes known to whoever waits.
void arrive(const ClusterPlace& place, unsigned count, bool expects, unsigned bytes, Carries carries, int line)
{
    Launch& current = launch();
    Mbarrier& barrier = find(place, line);
    // Another block may be ahead of those who wait here, but not by a whole phase: they would miss one, for phases have nothing but a
    // parity.
    if (!barrier.observed && (place.block == own_block() || count == barrier.pending))
        fail(FaultKind::launch_failed, line,
            "it arrives at the mbarrier at " + name_of(place) + ", whose phase before nobody has seen the end of");
    if (count == 0 || count > barrier.pending)
        fail(FaultKind::launch_failed, line,
            std::to_string(count) + " arrivals at the mbarrier at " + name_of(place) + ", which waits for "
                + std::to_string(barrier.pending));
    if (expects)
        barrier.bytes += bytes;
    barrier.pending -= count;
    const std::string wrong = transactions_fault(place, barrier);
    if (!wrong.empty())
        fail(FaultKind::launch_failed, line, wrong);
    current.order.release(current.running, barrier.arriving, carries);
    complete_phase(place, barrier);
}

} // namespace

void mbarrier_arrive(unsigned address, unsigned count, bool expects, unsigned bytes, int line)
{
    arrive(own(address, line), count, expects, bytes, Carries::all, line);
}

// At an mbarrier of any block of the cluster. Its memory has to be there until the arrival is done: the block may not have left, and may
// not leave unless it knows. An arrival without a scope is a release within the block: elsewhere it tells nothing of stores.
void mbarrier_arrive_in_cluster(unsigned address, bool releases, int line)
{
    Launch& current = launch();
    const ClusterPlace place = cluster_place(address, 8, line);
    Block& target = *current.blocks[place.block];
    if (target.done == current.block_threads)
        fail(FaultKind::launch_failed, line, "it arrives at the mbarrier at " + name_of(place) + ", which has left");
    if (place.block != own_block())
        target.visits[current.running] = current.order.now(current.running);
    arrive(place, 1, false, 0, releases || place.block == own_block() ? Carries::all : Carries::reads, line);
}

void mbarrier_wait(unsigned address, unsigned parity, int line)
{
    Launch& current = launch();
    const ClusterPlace place = own(address, line);
    if (parity > 1)
        fail(FaultKind::launch_failed, line, "parity " + std::to_string(parity) + " of a phase");

    // Asked again each time it wakes, as try_wait is: who comes too late by a whole phase waits for ever.
    const int thread = current.running;
    while (find(place, line).phase % 2 == parity) {
        current.threads[thread].awaited = place;
        wait(State::at_mbarrier, line);
    }

    Mbarrier& barrier = find(place, line);
    if (barrier.phase > 0) {
        barrier.observed = true;
        barrier.copied = barrier.bytes != 0;
        current.order.acquire(thread, barrier.completed);
    }
}

void mbarrier_test(unsigned address, int line) { find(own(address, line), line); }

void fence_mbarrier_init(int)
{
    Launch& current = launch();
    for (auto& entry : all())
        entry.second.fenced |= entry.second.initialized.agent == current.running;
}

} // namespace emulator
