// Warpgroups: asynchronous matrix products (wgmma), and the registers that their threads own (setmaxnreg).
#include "block_state.hpp"
#include "matrix_product.hpp"
#include "settings.hpp"

#include <algorithm>
#include <cstring>

namespace emulator {

namespace {

constexpr unsigned poison = 0x7fc0dead; // a NaN: what an accumulator holds until it is waited for
constexpr int register_file = 65536;

// The accumulators of one array of the kernel, while products write to it.
struct Accumulator {
    float* sums[warpgroup_threads];
    int columns = 0;
    std::vector<float> values; // 64 x columns
    int group = -1;            // the last one with a product that writes to it; -1: not committed
};

// A's registers, which nobody may change before the group is done.
struct Fragment {
    const unsigned* place;
    unsigned bits[4];
};

struct Group {
    int number = 0;
    std::vector<std::size_t> chunks;
    std::vector<Fragment> fragments;
};

struct Warpgroup {
    bool fenced = false;
    int next_group = 0;
    Group open;
    std::deque<Group> groups;
    std::vector<Accumulator> accumulators;
    int registers = 0;
    int wanted = 0; // by a setmaxnreg.inc that waits
};

std::vector<Warpgroup> warpgroups;      // of the cluster
std::vector<int> free_registers;        // of its blocks

// Which thread of the warpgroup has the element, and where among its numbers.
int owner(int row, int column) { return row / 16 * 32 + row % 8 * 4 + column % 8 / 2; }
int place(int row, int column) { return column / 8 * 4 + row % 16 / 8 * 2 + column % 2; }

const MatrixProduct& product_of(int thread) { return *static_cast<const MatrixProduct*>(launch().threads[thread].lane); }

// Reads a matrix of lines x 16 elements from shared memory, lines being A's rows or B's columns.
std::string read_matrix(
    unsigned long long bits, int lines, bool transposed, const Clock& known, Group& group, std::vector<std::uint16_t>& to)
{
    MatrixDescriptor descriptor(bits);
    std::string wrong = descriptor.fault(lines, transposed);
    if (!wrong.empty())
        return wrong;

    SharedMemory& shared = own_shared();
    to.resize(static_cast<std::size_t>(lines) * product_depth);
    // Eight neighbouring elements lie in one chunk: of a line, or transposed of eight lines.
    for (int line = 0; line < lines; line += transposed ? 8 : 1)
        for (int k = 0; k < product_depth; k += transposed ? 1 : 8) {
            const std::int64_t offset = descriptor.address(line, k, transposed) - static_cast<std::int64_t>(shared_window);
            if (offset < 0)
                return "wgmma: a matrix begins before shared memory";
            wrong = shared.begin_async_read(static_cast<std::size_t>(offset), known, "wgmma");
            if (!wrong.empty())
                return wrong;
            group.chunks.push_back(static_cast<std::size_t>(offset));
            std::uint16_t elements[8];
            std::memcpy(elements, reinterpret_cast<const char*>(shared.begin()) + offset, sizeof elements);
            for (int i = 0; i < 8; i++)
                to[transposed ? (line + i) * product_depth + k : line * product_depth + k + i] = elements[i];
        }

    return "";
}

std::string multiply(int first)
{
    Warpgroup& self = warpgroups[first / warpgroup_threads];
    const MatrixProduct& product = product_of(first);
    const int columns = product.columns;
    for (int i = 0; i < warpgroup_threads; i++) {
        const MatrixProduct& other = product_of(first + i);
        if (other.columns != columns || other.accumulate != product.accumulate || other.bfloat16 != product.bfloat16
            || other.a_matrix != product.a_matrix
            || other.b_matrix != product.b_matrix || (other.a == nullptr) != (product.a == nullptr))
            return "wgmma: thread " + std::to_string(i) + " of the warpgroup gives other operands than thread 0";
    }

    if (columns < 8 || columns > 256 || columns % 8 != 0)
        return "wgmma: " + std::to_string(columns) + " columns, not 8...256 in steps of 8";

    Accumulator* target = nullptr;
    for (Accumulator& candidate : self.accumulators)
        if (candidate.sums[0] < product.sums + columns / 2 && product.sums < candidate.sums[0] + candidate.columns / 2) {
            if (candidate.sums[0] != product.sums || candidate.columns != columns)
                return "wgmma: its accumulators are those of a product of another shape that was not waited for";
            target = &candidate;
        }

    // Products of the same shape on the same accumulators need no fence between them.
    if (!self.fenced && (target == nullptr || product.a != nullptr))
        return "wgmma: no wgmma.fence after its registers were accessed";

    if (target == nullptr) {
        self.accumulators.emplace_back();
        target = &self.accumulators.back();
        target->columns = columns;
        target->values.resize(static_cast<std::size_t>(columns) * 64);
        for (int i = 0; i < warpgroup_threads; i++)
            target->sums[i] = product_of(first + i).sums;
        for (int row = 0; row < 64; row++)
            for (int column = 0; column < columns; column++)
                target->values[static_cast<std::size_t>(row) * columns + column] = target->sums[owner(row, column)][place(row, column)];
        for (float* sums : target->sums)
            for (int i = 0; i < columns / 2; i++)
                std::memcpy(sums + i, &poison, 4);
    }

    target->group = -1;
    const Clock known = launch().order.least_clock(first, warpgroup_threads);
    std::vector<std::uint16_t> a, b;
    std::string wrong = read_matrix(product.b_matrix, columns, product.b_transposed, known, self.open, b);
    if (!wrong.empty())
        return wrong;
    if (product.a == nullptr) {
        wrong = read_matrix(product.a_matrix, 64, product.a_transposed, known, self.open, a);
        if (!wrong.empty())
            return wrong;
    } else {
        a.resize(64 * product_depth);
        for (int i = 0; i < warpgroup_threads; i++) {
            Fragment fragment;
            fragment.place = product_of(first + i).a;
            std::memcpy(fragment.bits, fragment.place, sizeof fragment.bits);
            self.open.fragments.push_back(fragment);
            for (int j = 0; j < 8; j++) {
                const int row = i / 32 * 16 + i % 32 / 4 + j / 2 % 2 * 8;
                const int k = i % 4 * 2 + j % 2 + j / 4 * 8;
                a[row * product_depth + k] = static_cast<std::uint16_t>(fragment.bits[j / 2] >> j % 2 * 16);
            }
        }
    }

    if (!product.accumulate)
        std::fill(target->values.begin(), target->values.end(), 0.0f);
    multiply_add(FusedSums::of(settings().capability_major), target->values.data(), a.data(), b.data(), 64, columns, product_depth,
        product.bfloat16);
    return "";
}

std::string fence(int first)
{
    warpgroups[first / warpgroup_threads].fenced = true;
    return "";
}

std::string commit(int first)
{
    Warpgroup& self = warpgroups[first / warpgroup_threads];
    self.open.number = self.next_group++;
    for (Accumulator& accumulator : self.accumulators)
        if (accumulator.group < 0)
            accumulator.group = self.open.number;
    self.groups.push_back(std::move(self.open));
    self.open = Group();
    return "";
}

std::string finish_wait(int first)
{
    Launch& current = launch();
    Warpgroup& self = warpgroups[first / warpgroup_threads];
    const auto pending = static_cast<std::size_t>(*static_cast<const int*>(current.threads[first].lane));
    self.fenced = false;
    if (self.groups.size() <= pending)
        return "";

    // What the warps read is over for each of them, whichever of its lanes tells others.
    std::vector<Moment> readers;
    for (int warp = first; warp < first + warpgroup_threads; warp += warp_lanes)
        readers.push_back(current.order.now(warp));
    for (int warp = first; warp < first + warpgroup_threads; warp += warp_lanes)
        current.order.join(warp, warp_lanes);

    for (; self.groups.size() > pending; self.groups.pop_front()) {
        const Group& group = self.groups.front();
        for (const Fragment& fragment : group.fragments)
            if (std::memcmp(fragment.place, fragment.bits, sizeof fragment.bits) != 0)
                return "wgmma: registers of A were changed before the product was waited for";
        for (const std::size_t chunk : group.chunks)
            for (std::size_t i = 0; i < readers.size(); i++)
                own_shared().end_async_read(chunk, readers[i], i + 1 == readers.size());
        for (std::size_t i = 0; i < self.accumulators.size();) {
            Accumulator& accumulator = self.accumulators[i];
            if (accumulator.group != group.number) {
                i++;
                continue;
            }

            for (float* sums : accumulator.sums)
                for (int j = 0; j < accumulator.columns / 2; j++)
                    if (std::memcmp(sums + j, &poison, 4) != 0)
                        return "wgmma: accumulators were changed before the product was waited for";
            for (int row = 0; row < 64; row++)
                for (int column = 0; column < accumulator.columns; column++)
                    accumulator.sums[owner(row, column)][place(row, column)] =
                        accumulator.values[static_cast<std::size_t>(row) * accumulator.columns + column];
            self.accumulators.erase(self.accumulators.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }

    return "";
}

// Gives registers to those of the block who wait for them, as long as there are enough.
void grant_registers(int block)
{
    Launch& current = launch();
    int& free = free_registers[block];
    for (std::size_t i = 0; i < warpgroups.size(); i++) {
        Warpgroup& candidate = warpgroups[i];
        const int more = (candidate.wanted - candidate.registers) * warpgroup_threads;
        if (candidate.wanted == 0 || more > free || block_of(static_cast<int>(i) * warpgroup_threads) != block)
            continue;
        free -= more;
        candidate.registers = candidate.wanted;
        candidate.wanted = 0;
        for (int thread = static_cast<int>(i) * warpgroup_threads; thread < static_cast<int>(i + 1) * warpgroup_threads; thread++)
            if (current.threads[thread].state == State::at_registers)
                make_ready(thread);
    }
}

struct RegisterChange {
    int count;
    bool increase;
};

std::string change_registers(int first)
{
    Launch& current = launch();
    Warpgroup& self = warpgroups[first / warpgroup_threads];
    int& free = free_registers[block_of(first)];
    const RegisterChange change = *static_cast<const RegisterChange*>(current.threads[first].lane);
    const std::string count = std::to_string(change.count);
    if (self.registers == 0)
        return "setmaxnreg in a kernel whose registers at its entry nobody knows: its launch bounds name no number of blocks";
    if (change.count < 24 || change.count > 256 || change.count % 8 != 0)
        return "setmaxnreg: " + count + " registers, not 24...256 in steps of 8";
    if (change.increase ? change.count < self.registers : change.count > self.registers)
        return std::string("setmaxnreg.") + (change.increase ? "inc" : "dec") + " to " + count + " of " + std::to_string(self.registers)
            + " registers";

    if (change.increase && (change.count - self.registers) * warpgroup_threads > free) {
        self.wanted = change.count;
        for (int i = 0; i < warpgroup_threads; i++)
            current.threads[first + i].state = State::at_registers;
        return "";
    }

    free -= (change.count - self.registers) * warpgroup_threads;
    self.registers = change.count;
    grant_registers(block_of(first));
    return "";
}

} // namespace

void start_warpgroups()
{
    Launch& current = launch();
    const int bound = current.geometry.threads_of_bounds * current.geometry.blocks_of_bounds;
    const int registers = bound == 0 ? 0 : register_file / bound / 8 * 8;
    warpgroups.assign(static_cast<std::size_t>((current.thread_count + warpgroup_threads - 1) / warpgroup_threads), Warpgroup());
    for (Warpgroup& warpgroup : warpgroups)
        warpgroup.registers = registers > 256 ? 256 : registers;
    free_registers.assign(static_cast<std::size_t>(current.geometry.cluster_blocks), 0);
}

std::string end_warpgroups(int block)
{
    for (std::size_t i = 0; i < warpgroups.size(); i++)
        if (block_of(static_cast<int>(i) * warpgroup_threads) == block
            && (!warpgroups[i].groups.empty() || !warpgroups[i].accumulators.empty()))
            return "the block ends while a wgmma was not committed or not waited for";
    return "";
}

void set_registers(int count, bool increase, int line)
{
    RegisterChange change = {count, increase};
    with_warpgroup(change_registers, &change, line);
}

void matrix_fence(int line) { with_warpgroup(fence, nullptr, line); }
void matrix_commit(int line) { with_warpgroup(commit, nullptr, line); }

void matrix_wait(int pending, int line)
{
    launch().order.refine();
    with_warpgroup(finish_wait, &pending, line);
}

void matrix_multiply(const MatrixProduct* product, int line)
{
    launch().order.refine();
    with_warpgroup(multiply, const_cast<MatrixProduct*>(product), line);
}

void registers_written() { warpgroups[launch().running / warpgroup_threads].fenced = false; }

} // namespace emulator
