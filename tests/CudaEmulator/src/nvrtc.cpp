// libnvrtc: "compiles" generated CUDA C by handing it, as C++ with the emulator's primitives, to g++.
#include "driver_state.hpp"
#include "module_image.hpp"
#include "settings.hpp"

#include <atomic>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace emulator;

namespace {

using nvrtcResult = int;

enum : nvrtcResult {
    NVRTC_SUCCESS = 0,
    NVRTC_ERROR_PROGRAM_CREATION_FAILURE = 2,
    NVRTC_ERROR_INVALID_INPUT = 3,
    NVRTC_ERROR_INVALID_PROGRAM = 4,
    NVRTC_ERROR_INVALID_OPTION = 5,
    NVRTC_ERROR_COMPILATION = 6,
    NVRTC_ERROR_BUILTIN_OPERATION_FAILURE = 7,
    NVRTC_ERROR_INTERNAL_ERROR = 11,
};

constexpr int architectures[] = {75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121};

// The files of shim/, put into the library by build.sh.
struct ShimFile {
    const char* name;
    const char* text;
};

const ShimFile shim_files[] = {
#include "shim_files.inc"
};

struct Program {
    std::string source;
    std::string name;
    std::map<std::string, std::string> headers;
    std::string architecture = "compute_75";
    std::string definitions;
    std::string log;
    std::string object;
};

std::atomic<long long> programs{0};

std::string quoted(const std::string& text) { return "'" + text + "'"; }

bool write_file(const std::string& path, const std::string& text)
{
    std::ofstream file(path, std::ios::binary);
    file << text;
    return file.good();
}

std::string read_file(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// FNV-1a, twice 64 bits with different starts: names compiled objects, nothing else depends on it.
std::string hash_of(const std::string& text)
{
    std::uint64_t a = 0xcbf29ce484222325u, b = 0x84222325cbf29ce4u;
    for (const unsigned char byte : text) {
        a = (a ^ byte) * 0x100000001b3u;
        b = (b ^ byte) * 0x100000001b3u + 1;
    }

    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%016llx%016llx", static_cast<unsigned long long>(a), static_cast<unsigned long long>(b));
    return buffer;
}

std::size_t skip_space(const std::string& text, std::size_t at)
{
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])))
        at++;
    return at;
}

// What stands in the parentheses that open behind `at`, which moves past them.
std::string in_parentheses(const std::string& source, std::size_t& at)
{
    const std::size_t open = source.find('(', at);
    int depth = 0;
    std::size_t close = open;
    do {
        depth += source[close] == '(';
        depth -= source[close] == ')';
    } while (depth > 0 && ++close < source.size());
    at = skip_space(source, close + 1);
    return source.substr(open + 1, close - open - 1);
}

// For each kernel, a function that takes the driver's argument array, and some that tell its launch bounds and the blocks of its clusters.
std::string trampolines(const std::string& source)
{
    std::string result =
        "\n#include <type_traits>\n#include <utility>\nnamespace emulator {\nstruct Calls;\n}\n"
        "extern \"C\" {\nemulator::Calls* kernelgen_emulator;\n}\n"
        "template <typename... T, std::size_t... I>\nstatic void emulated_call(void (*kernel)(T...), void** arguments, "
            "std::index_sequence<I...>)\n"
        "{\n    kernel(*static_cast<std::remove_cv_t<T>*>(arguments[I])...);\n}\n"
        "template <typename... T>\nstatic void emulated_call(void (*kernel)(T...), void** arguments)\n"
        "{\n    emulated_call(kernel, arguments, std::index_sequence_for<T...>());\n}\n";
    const std::string word = "__global__";
    for (std::size_t at = source.find(word); at != std::string::npos; at = source.find(word, at + 1)) {
        std::size_t next = skip_space(source, at + word.size());
        if (source.compare(next, 4, "void") != 0)
            continue;

        next = skip_space(source, next + 4);
        std::string bounds = "1024", cluster = "1";
        for (bool more = true; more;) {
            more = false;
            for (const auto& [
                attribute, text] : {std::pair<std::string, std::string*>{"__launch_bounds__", &bounds}, {"__cluster_dims__", &cluster}})
                if (source.compare(next, attribute.size(), attribute) == 0) {
                    *text = in_parentheses(source, next);
                    more = true;
                }
        }

        std::size_t end = next;
        while (end < source.size() && (std::isalnum(static_cast<unsigned char>(source[end])) || source[end] == '_'))
            end++;
        const std::string kernel = source.substr(next, end - next);
        result += "extern \"C\" void " + kernel + "__emulated(void** arguments) { emulated_call(" + kernel + ", arguments); }\n";
        result += "extern \"C\" int " + kernel + "__threads() { const int bounds[] = {" + bounds + "}; return bounds[0]; }\n";
        result += "extern \"C\" int " + kernel + "__blocks() { const int bounds[] = {" + bounds
            + "}; return sizeof bounds > sizeof bounds[0] ? bounds[1] : 0; }\n";
        result += "extern \"C\" int " + kernel + "__cluster() { const int dims[3] = {" + cluster
            + "}; return dims[1] > 1 || dims[2] > 1 ? 0 : dims[0]; }\n";
    }

    return result;
}

// NAME or NAME=VALUE, as the line that defines it.
bool read_definition(Program& program, const std::string& definition)
{
    const std::size_t equals = definition.find('=');
    const std::string name = definition.substr(0, equals);
    bool is_name = !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0]));
    for (const char c : name)
        is_name = is_name && (std::isalnum(static_cast<unsigned char>(c)) || c == '_');
    if (is_name)
        program.definitions += "#define " + name + " " + (equals == std::string::npos ? "1" : definition.substr(equals + 1)) + "\n";
    else
        program.log = "error: " + definition + " defines no macro\n";
    return is_name;
}

// Only what NVRTC knows and the project uses: a misspelt option fails here as it would there.
bool read_option(Program& program, const std::string& option)
{
    for (const char* prefix : {"--gpu-architecture=", "-arch=", "-arch "})
        if (option.compare(0, std::strlen(prefix), prefix) == 0) {
            program.architecture = option.substr(std::strlen(prefix));
            const std::size_t digits = program.architecture.find('_');
            const int number = digits == std::string::npos ? 0 : std::atoi(program.architecture.c_str() + digits + 1);
            for (const int known : architectures)
                if (known == number)
                    return true;
            program.log = "error: invalid value for --gpu-architecture: " + program.architecture + "\n";
            return false;
        }

    for (const char* known : {"--std=c++17", "-std=c++17", "-default-device", "--device-as-default-execution-space", "-lineinfo",
        "--generate-line-info",
             "--no-cache", "--minimal", "--use_fast_math", "-use_fast_math", "-w", "--disable-warnings"})
        if (option == known)
            return true;
    for (const char* prefix : {"--ptxas-options=", "--maxrregcount=", "--fmad=", "--ftz=", "--diag-error=", "--diag-suppress=",
        "--diag-warn=",
             "--split-compile="})
        if (option.compare(0, std::strlen(prefix), prefix) == 0)
            return true;
    for (const char* prefix : {"-D", "--define-macro="})
        if (option.compare(0, std::strlen(prefix), prefix) == 0)
            return read_definition(program, option.substr(std::strlen(prefix)));

    program.log = "error: unrecognized option " + option + " found\n";
    return false;
}

// Runs g++ in a folder of its own. False, with the log, when the text is faulty.
bool compile(Program& program)
{
    std::string everything = program.source + '\0' + program.definitions;
    for (const auto& header : program.headers)
        everything += '\0' + header.first + '\0' + header.second;
    for (const ShimFile& file : shim_files)
        everything += file.text;

    const std::string cached = temporary_folder() + "/" + hash_of(everything) + ".so";
    program.object = read_file(cached);
    if (!program.object.empty())
        return true;

    std::string folder = temporary_folder() + "/compile-XXXXXX";
    if (mkdtemp(&folder[0]) == nullptr) {
        program.log = "error: the emulator cannot write " + folder + "\n";
        return false;
    }

    std::vector<std::string> files = {"kernel.cpp", "kernel.so", "log"};
    const std::string line = "#line 1 \"" + (program.name.empty() ? "default_program" : program.name) + "\"\n";
    write_file(folder + "/kernel.cpp", program.definitions + line + program.source + trampolines(program.source));
    for (const auto& header : program.headers) {
        write_file(folder + "/" + header.first, header.second);
        files.push_back(header.first);
    }

    for (const ShimFile& file : shim_files) {
        write_file(folder + "/" + file.name, file.text);
        files.push_back(file.name);
    }

    const char* chosen = std::getenv("CXX");
    const std::string compiler = chosen != nullptr && *chosen != '\0' ? chosen : "g++";
    const std::string command = "cd " + quoted(folder) + " && " + compiler
        + " -std=c++17 -O2 -march=native -ffp-contract=off -fno-strict-aliasing -fPIC -shared -s -w -DKERNELGEN_EMULATED -I. kernel.cpp "
            "-o kernel.so >log 2>&1";
    const bool compiled = std::system(command.c_str()) == 0;
    program.log = read_file(folder + "/log");
    if (compiled) {
        program.object = read_file(folder + "/kernel.so");
        // Complete under its name or not there at all, whoever else does the same at this moment.
        std::rename((folder + "/kernel.so").c_str(), cached.c_str());
    }

    for (const std::string& file : files)
        unlink((folder + "/" + file).c_str());
    rmdir(folder.c_str());
    return compiled;
}

nvrtcResult give(const std::string& data, char* target)
{
    std::memcpy(target, data.data(), data.size());
    return NVRTC_SUCCESS;
}

} // namespace

long long emulator::live_programs() { return programs; }

extern "C" {

// None of NVIDIA's: it names the library beside it, which NVIDIA's NVRTC in the same process must not take for its own.
nvrtcResult nvrtcVersion(int* major, int* minor)
{
    *major = 13;
    *minor = 99;
    return injected_fault("nvrtcVersion", NVRTC_ERROR_INTERNAL_ERROR);
}

nvrtcResult nvrtcGetNumSupportedArchs(int* count)
{
    *count = static_cast<int>(std::size(architectures));
    return injected_fault("nvrtcGetNumSupportedArchs", NVRTC_ERROR_INTERNAL_ERROR);
}

nvrtcResult nvrtcGetSupportedArchs(int* numbers)
{
    std::memcpy(numbers, architectures, sizeof architectures);
    return injected_fault("nvrtcGetSupportedArchs", NVRTC_ERROR_INTERNAL_ERROR);
}

nvrtcResult nvrtcCreateProgram(
    Program** program, const char* source, const char* name, int header_count, const char* const* headers, const char* const* include_names)
{
    if (const int fault = injected_fault("nvrtcCreateProgram", NVRTC_ERROR_PROGRAM_CREATION_FAILURE))
        return fault;
    if (source == nullptr)
        return NVRTC_ERROR_INVALID_INPUT;
    *program = new Program();
    programs++;
    (*program)->source = source;
    (*program)->name = name != nullptr ? name : "";
    for (int i = 0; i < header_count; i++)
        (*program)->headers[include_names[i]] = headers[i];
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcDestroyProgram(Program** program)
{
    if (program == nullptr || *program == nullptr)
        return NVRTC_ERROR_INVALID_PROGRAM;
    if (const int fault = injected_fault("nvrtcDestroyProgram", NVRTC_ERROR_INTERNAL_ERROR))
        return fault;
    delete *program;
    programs--;
    *program = nullptr;
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcCompileProgram(Program* program, int option_count, const char* const* options)
{
    if (program == nullptr)
        return NVRTC_ERROR_INVALID_PROGRAM;
    if (const int fault = injected_fault("nvrtcCompileProgram", NVRTC_ERROR_COMPILATION)) {
        program->log = "error: injected by CUDA_EMULATOR_FAIL\n";
        return fault;
    }

    program->log.clear();
    program->definitions.clear();
    for (int i = 0; i < option_count; i++)
        if (!read_option(*program, options[i]))
            return NVRTC_ERROR_INVALID_OPTION;
    return compile(*program) ? NVRTC_SUCCESS : NVRTC_ERROR_COMPILATION;
}

nvrtcResult nvrtcGetCUBINSize(Program* program, std::size_t* bytes)
{
    if (const int fault = injected_fault("nvrtcGetCUBINSize", NVRTC_ERROR_INTERNAL_ERROR))
        return fault;
    const bool is_real = program->architecture.compare(0, 3, "sm_") == 0;
    *bytes = is_real ? encode_cubin(program->object, program->architecture).size() : 0;
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcGetCUBIN(Program* program, char* cubin)
{
    if (const int fault = injected_fault("nvrtcGetCUBIN", NVRTC_ERROR_INTERNAL_ERROR))
        return fault;
    return give(encode_cubin(program->object, program->architecture), cubin);
}

nvrtcResult nvrtcGetPTXSize(Program* program, std::size_t* bytes)
{
    if (const int fault = injected_fault("nvrtcGetPTXSize", NVRTC_ERROR_INTERNAL_ERROR))
        return fault;
    *bytes = encode_ptx(program->object, program->architecture).size() + 1;
    return NVRTC_SUCCESS;
}

nvrtcResult nvrtcGetPTX(Program* program, char* ptx)
{
    if (const int fault = injected_fault("nvrtcGetPTX", NVRTC_ERROR_INTERNAL_ERROR))
        return fault;
    return give(encode_ptx(program->object, program->architecture) + '\0', ptx);
}

nvrtcResult nvrtcGetProgramLogSize(Program* program, std::size_t* bytes)
{
    *bytes = program->log.size() + 1;
    return injected_fault("nvrtcGetProgramLogSize", NVRTC_ERROR_INTERNAL_ERROR);
}

nvrtcResult nvrtcGetProgramLog(Program* program, char* log)
{
    if (const int fault = injected_fault("nvrtcGetProgramLog", NVRTC_ERROR_INTERNAL_ERROR))
        return fault;
    return give(program->log + '\0', log);
}

const char* nvrtcGetErrorString(nvrtcResult result)
{
    switch (result) {
    case NVRTC_SUCCESS: return "NVRTC_SUCCESS";
    case NVRTC_ERROR_PROGRAM_CREATION_FAILURE: return "NVRTC_ERROR_PROGRAM_CREATION_FAILURE";
    case NVRTC_ERROR_INVALID_INPUT: return "NVRTC_ERROR_INVALID_INPUT";
    case NVRTC_ERROR_INVALID_PROGRAM: return "NVRTC_ERROR_INVALID_PROGRAM";
    case NVRTC_ERROR_INVALID_OPTION: return "NVRTC_ERROR_INVALID_OPTION";
    case NVRTC_ERROR_COMPILATION: return "NVRTC_ERROR_COMPILATION";
    case NVRTC_ERROR_BUILTIN_OPERATION_FAILURE: return "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE";
    case NVRTC_ERROR_INTERNAL_ERROR: return "NVRTC_ERROR_INTERNAL_ERROR";
    default: return "NVRTC_ERROR unknown";
    }
}

} // extern "C"
