// Asynchronous tensor copies (TMA): a box of a tensor, or bytes in a row, to shared memory, counted in bytes on an mbarrier, and boxes
// back, in groups of the thread.
#include "block_state.hpp"
#include "memory.hpp"
#include "tensor_map.hpp"

#include <cstring>
#include <map>

namespace emulator {

namespace {

constexpr std::size_t chunk = SharedMemory::chunk_bytes;

struct Load {
    ClusterPlace shared;
    ClusterPlace mbarrier;
    std::vector<unsigned char> data; // as it shall lie in shared memory, before the swizzle
    int swizzle = 0;
    int thread = 0;
    int line = 0;
};

struct Store {
    std::vector<std::size_t> chunks; // read by it
    std::vector<std::pair<std::uintptr_t, std::vector<unsigned char>>> pieces;
};

struct Stores {
    std::vector<Store> open;
    std::deque<std::vector<Store>> groups;
};

std::vector<Load>& loads()
{
    static std::vector<Load> instance;
    return instance;
}

std::map<int, Stores>& stores()
{
    static std::map<int, Stores> instance;
    return instance;
}

TensorMap read_map(const void* address, int rank, int line)
{
    TensorMap map;
    if (reinterpret_cast<std::uintptr_t>(address) % 64 != 0)
        fail(FaultKind::misaligned_address, line, "a tensor map whose address is not a multiple of 64");
    std::memcpy(&map, address, sizeof map);
    if (map.magic != TensorMap::known)
        fail(FaultKind::launch_failed, line, "a tensor map that cuTensorMapEncodeTiled has not made");
    if (map.rank != rank)
        fail(FaultKind::launch_failed, line,
            "a tensor map of rank " + std::to_string(map.rank) + " for a copy of rank " + std::to_string(rank));
    return map;
}

// The offset in shared memory where the pattern may begin: each mode wants its own multiple.
std::size_t box_offset(unsigned address, const TensorMap& map, int line)
{
    return shared_offset(address, map.swizzle == 0 ? 128 : std::size_t{128} << map.swizzle, line);
}

std::size_t box_bytes(const TensorMap& map)
{
    std::size_t bytes = map.element_bytes;
    for (int i = 0; i < map.rank; i++)
        bytes *= map.box[i];
    return bytes;
}

// A box's row is padded in shared memory to the length of the pattern's row.
void check_rows(const TensorMap& map, int line)
{
    const std::size_t row = std::size_t{map.box[0]} * map.element_bytes;
    if (map.swizzle != 0 && row != chunk << map.swizzle)
        fail(FaultKind::launch_failed, line,
            "a box whose rows of " + std::to_string(row) + " bytes are shorter than the swizzle's: not documented how they lie");
}

// Calls visit(offset in the box, address or 0 where the element is outside the tensor) for each chunk of the box, and fails for pieces that
// lie on its edge.
template <typename Visit>
void for_chunks(const TensorMap& map, const int* place, Visit visit)
{
    const std::size_t elements = chunk / map.element_bytes;
    std::size_t rows = 1;
    for (int i = 1; i < map.rank; i++)
        rows *= map.box[i];
    std::size_t offset = 0;
    for (std::size_t row = 0; row < rows; row++) {
        std::size_t rest = row;
        bool inside = true;
        std::uint64_t address = map.address;
        for (int i = 1; i < map.rank; i++) {
            const std::int64_t at = place[i] + static_cast<std::int64_t>(rest % map.box[i]);
            rest /= map.box[i];
            inside &= at >= 0 && at < static_cast<std::int64_t>(map.dims[i]);
            address += static_cast<std::uint64_t>(at) * map.strides[i];
        }

        for (std::size_t column = 0; column < map.box[0]; column += elements, offset += chunk) {
            const std::int64_t first = place[0] + static_cast<std::int64_t>(column);
            std::int64_t begin = first < 0 ? 0 : first, end = first + static_cast<std::int64_t>(elements);
            end = end > static_cast<std::int64_t>(map.dims[0]) ? static_cast<std::int64_t>(map.dims[0]) : end;
            const bool some = inside && begin < end;
            visit(offset, some ? address + static_cast<std::uint64_t>(begin) * map.element_bytes : 0,
                static_cast<std::size_t>(begin - first) * map.element_bytes, some
                    ? static_cast<std::size_t>(end - begin) * map.element_bytes
                    : 0);
        }
    }
}

// A copy that is to land at `shared` and count on `mbarrier`, offsets that are the same in each block that it goes to.
Load begin_load(std::size_t shared, unsigned mbarrier, int line)
{
    Load load;
    load.shared.offset = static_cast<std::uint32_t>(shared);
    load.mbarrier.offset = static_cast<std::uint32_t>(shared_offset(mbarrier, 8, line));
    load.thread = launch().running;
    load.line = line;
    return load;
}

// From now on the copy's place in the shared memory of each block of the mask (0: the own) is its own; it lands in each in its own time.
void take_place(Load&& load, unsigned blocks)
{
    Launch& current = launch();
    if (blocks >> current.geometry.cluster_blocks != 0)
        fail(FaultKind::launch_failed, load.line, "tensor copy: its mask names a block that the cluster does not have");
    if (blocks == 0)
        blocks = 1u << own_block();
    for (int block = 0; block < current.geometry.cluster_blocks; block++) {
        if ((blocks >> block & 1) == 0)
            continue;
        load.shared.block = load.mbarrier.block = block;
        const std::string whose =
            block == own_block() ? "tensor copy" : "tensor copy to block " + std::to_string(block) + " of the cluster";
        if (current.blocks[block]->done == current.block_threads)
            fail(FaultKind::launch_failed, load.line, whose + ": the block has left");
        std::string wrong = mbarrier_for_copy_fault(load.mbarrier, load.thread);
        if (!wrong.empty())
            fail(FaultKind::launch_failed, load.line, whose + ": " + wrong);
        for (std::size_t offset = 0; offset < load.data.size() && wrong.empty(); offset += chunk)
            wrong = current.blocks[block]->shared.begin_tensor_copy(load.shared.offset + offset, load.thread);
        if (!wrong.empty())
            fail(FaultKind::illegal_address, load.line, whose + " to shared memory: " + wrong);
        loads().push_back(load);
    }
}

void finish_group(int thread, std::vector<Store>& group)
{
    Launch& current = launch();
    for (Store& store : group) {
        for (const std::size_t offset : store.chunks)
            current.blocks[block_of(thread)]->shared.end_async_read(offset, current.order.now(thread));
        for (const auto& piece : store.pieces)
            std::memcpy(reinterpret_cast<void*>(piece.first), piece.second.data(), piece.second.size());
    }
}

} // namespace

void start_tensor_copies()
{
    loads().clear();
    stores().clear();
}

void tensor_load(unsigned address, const void* map_address, unsigned mbarrier, const int* place, int rank, unsigned blocks, int line)
{
    launch().order.refine();
    const TensorMap map = read_map(map_address, rank, line);
    check_rows(map, line);
    Load load = begin_load(box_offset(address, map, line), mbarrier, line);
    load.swizzle = map.swizzle;
    load.data.assign(box_bytes(map), 0);
    std::string wrong;
    for_chunks(map, place, [&](std::size_t offset, std::uint64_t from, std::size_t skipped, std::size_t bytes) {
        if (wrong.empty() && bytes > 0)
            wrong = device_memory().access_fault(from, bytes, false);
        if (wrong.empty() && bytes > 0)
            std::memcpy(&load.data[offset + skipped], reinterpret_cast<const void*>(from), bytes);
    });
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, "tensor copy from global memory: " + wrong);
    take_place(std::move(load), blocks);
}

void bulk_load(unsigned address, const void* from, unsigned bytes, unsigned mbarrier, int line)
{
    launch().order.refine();
    if (bytes == 0 || bytes % chunk != 0 || reinterpret_cast<std::uintptr_t>(from) % chunk != 0)
        fail(FaultKind::misaligned_address, line,
            "a copy of " + std::to_string(bytes) + " bytes: its addresses and size are to be multiples of 16");
    Load load = begin_load(shared_offset(address, chunk, line), mbarrier, line);
    const std::string wrong = device_memory().access_fault(reinterpret_cast<std::uintptr_t>(from), bytes, false);
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, "tensor copy from global memory: " + wrong);
    const auto* data = static_cast<const unsigned char*>(from);
    load.data.assign(data, data + bytes);
    take_place(std::move(load), 0);
}

bool land_one_tensor_copy()
{
    if (loads().empty())
        return false;

    const std::size_t pick = next_random(static_cast<unsigned>(loads().size()));
    Load load = std::move(loads()[pick]);
    loads()[pick] = std::move(loads().back());
    loads().pop_back();

    Launch& current = launch();
    const Moment moment = mbarrier_moment(load.mbarrier);
    for (std::size_t offset = 0; offset < load.data.size(); offset += chunk) {
        const std::uint64_t address = swizzled(shared_window + load.shared.offset + offset, load.swizzle, 0);
        current.blocks[load.shared.block]->shared.land_tensor_copy(address - shared_window, &load.data[offset], moment);
    }

    const std::string wrong = complete_bytes(load.mbarrier, static_cast<unsigned>(load.data.size()));
    if (!wrong.empty())
        report(FaultKind::launch_failed, load.thread, load.line, wrong);
    return true;
}

void tensor_store(const void* map_address, unsigned address, const int* place, int rank, int line)
{
    Launch& current = launch();
    current.order.refine();
    const TensorMap map = read_map(map_address, rank, line);
    check_rows(map, line);
    const std::size_t shared = box_offset(address, map, line);
    const Clock& known = current.order.clock(current.running);
    Store store;
    std::string wrong;
    for (std::size_t offset = 0; offset < box_bytes(map) && wrong.empty(); offset += chunk) {
        wrong = own_shared().begin_async_read(shared + offset, known, "tensor copy");
        store.chunks.push_back(shared + offset);
    }

    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, wrong);
    for_chunks(map, place, [&](std::size_t offset, std::uint64_t to, std::size_t skipped, std::size_t bytes) {
        if (!wrong.empty() || bytes == 0)
            return;
        wrong = device_memory().access_fault(to, bytes, true);
        const auto* from = reinterpret_cast<const unsigned char*>(own_shared().begin())
            + (swizzled(shared_window + shared + offset, map.swizzle, 0) - shared_window) + skipped;
        store.pieces.push_back({to, std::vector<unsigned char>(from, from + bytes)});
        // Nobody may count on the bytes before the group is done.
        if (wrong.empty())
            std::memset(reinterpret_cast<void*>(to), 0xff, bytes);
    });
    if (!wrong.empty())
        fail(FaultKind::illegal_address, line, "tensor copy to global memory: " + wrong);
    stores()[current.running].open.push_back(std::move(store));
}

void bulk_commit(int)
{
    Stores& mine = stores()[launch().running];
    mine.groups.push_back(std::move(mine.open));
    mine.open.clear();
}

void bulk_wait(int pending, bool, int)
{
    Stores& mine = stores()[launch().running];
    for (; mine.groups.size() > static_cast<std::size_t>(pending); mine.groups.pop_front())
        finish_group(launch().running, mine.groups.front());
}

std::string end_tensor_copies(int block)
{
    for (const Load& load : loads())
        if (load.shared.block == block)
            return "the block ends while a tensor copy of line " + std::to_string(load.line) + " is still on its way to its shared memory";
    for (const auto& entry : stores())
        if (block_of(entry.first) == block && (!entry.second.open.empty() || !entry.second.groups.empty()))
            return "the block ends while a tensor copy still reads its shared memory: thread " + std::to_string(entry.first)
                + " has not committed it or not waited for it";
    return "";
}

} // namespace emulator
