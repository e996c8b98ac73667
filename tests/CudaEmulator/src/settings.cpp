#include "settings.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>

namespace emulator {

namespace {

std::mutex fault_lock;
int fault_calls = 0;

std::map<std::string, long long>& call_counts()
{
    static std::map<std::string, long long> counts;
    return counts;
}

Settings from_environment();

bool parse_count(const std::string& text, std::uint64_t& value)
{
    char* end = nullptr;
    value = std::strtoull(text.c_str(), &end, 10);
    return !text.empty() && *end == '\0';
}

bool apply(Settings& target, const std::string& name, const std::string& value)
{
    std::uint64_t number = 0;
    if (name == "CUDA_EMULATOR_MEMORY") {
        if (!parse_count(value, number) || number == 0)
            return false;
        target.memory_bytes = number;
        return true;
    }

    if (name == "CUDA_EMULATOR_DRIVER_VERSION") {
        if (!parse_count(value, number))
            return false;
        target.driver_version = static_cast<int>(number);
        return true;
    }

    if (name == "CUDA_EMULATOR_MULTIPROCESSORS") {
        if (!parse_count(value, number) || number == 0 || number > 1024)
            return false;
        target.multiprocessors = static_cast<int>(number);
        return true;
    }

    if (name == "CUDA_EMULATOR_INTEGRATED") {
        target.integrated = value == "1";
        return value == "0" || value == "1";
    }

    if (name == "CUDA_EMULATOR_REGISTERS") {
        if (!parse_count(value, number) || number > 255)
            return false;
        target.registers = static_cast<int>(number);
        return true;
    }

    if (name == "CUDA_EMULATOR_SEED") {
        if (!parse_count(value, number))
            return false;
        target.seed = number;
        return true;
    }

    if (name == "CUDA_EMULATOR_COMPUTE_CAPABILITY")
        return std::sscanf(value.c_str(), "%d.%d", &target.capability_major, &target.capability_minor) == 2;

    if (name == "CUDA_EMULATOR_FAIL") {
        const std::lock_guard<std::mutex> guard(fault_lock);
        fault_calls = 0;
        target.failing_function.clear();
        target.failing_call = 0;
        target.failing_code = 0;
        if (value.empty())
            return true;

        char function[128];
        if (std::sscanf(value.c_str(), "%127[A-Za-z0-9_]:%d:%d", function, &target.failing_call, &target.failing_code) < 2)
            return false;
        target.failing_function = function;
        return true;
    }

    return false;
}

Settings from_environment()
{
    Settings result;
    for (const char* name : {"CUDA_EMULATOR_MEMORY", "CUDA_EMULATOR_COMPUTE_CAPABILITY", "CUDA_EMULATOR_DRIVER_VERSION",
        "CUDA_EMULATOR_INTEGRATED",
             "CUDA_EMULATOR_MULTIPROCESSORS", "CUDA_EMULATOR_REGISTERS", "CUDA_EMULATOR_SEED", "CUDA_EMULATOR_FAIL"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && !apply(result, name, value))
            std::fprintf(stderr, "CUDA emulator: %s is '%s', which is not understood; the default holds.\n", name, value);
    }

    return result;
}

} // namespace

Settings& settings()
{
    static Settings instance = from_environment();
    return instance;
}

bool set(const std::string& name, const std::string& value) { return apply(settings(), name, value); }

int injected_fault(const char* function, int usual_code)
{
    Settings& current = settings();
    const std::lock_guard<std::mutex> guard(fault_lock);
    std::string plain = function;
    const std::string versioned = "_v2";
    if (plain.size() > versioned.size() && plain.compare(plain.size() - versioned.size(), versioned.size(), versioned) == 0)
        plain.resize(plain.size() - versioned.size());
    call_counts()[plain]++;
    if (current.failing_call == 0 || plain != current.failing_function || ++fault_calls != current.failing_call)
        return 0;

    return current.failing_code != 0 ? current.failing_code : usual_code;
}

long long calls_of(const std::string& function)
{
    const std::lock_guard<std::mutex> guard(fault_lock);
    const auto found = call_counts().find(function);
    return found == call_counts().end() ? 0 : found->second;
}

} // namespace emulator
