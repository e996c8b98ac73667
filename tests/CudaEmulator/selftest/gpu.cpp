#include "gpu.hpp"

#include <fstream>
#include <iterator>

namespace selftest {

std::string read_file(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "%s is not there\n", path.c_str());
        std::exit(2);
    }

    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

void require(int result, const char* call)
{
    if (result == 0)
        return;
    const char* text = "";
    cuGetErrorString(result, &text);
    std::fprintf(stderr, "%s failed with %d: %s\n", call, result, text);
    std::exit(2);
}

std::string primitives_of(const std::string& templates, const std::string& part)
{
    std::string text = read_file(templates + "/cuda/" + part + ".cuh.sbn");
    const std::string open = "{{ include '";
    for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open)) {
        const std::size_t name = at + open.size();
        const std::size_t end = text.find('\'', name);
        const std::string included = read_file(templates + "/" + text.substr(name, end - name));
        text.replace(at, text.find("}}", end) + 2 - at, included);
    }

    return text;
}

Headers headers_of(const std::string& source, const std::string& folder)
{
    Headers headers;
    const std::string open = "#include \"";
    for (std::size_t at = source.find(open); at != std::string::npos; at = source.find(open, at + 1)) {
        const std::size_t begin = at + open.size();
        const std::string name = source.substr(begin, source.find('"', begin) - begin);
        headers[name] = read_file(folder + "/" + name);
    }

    return headers;
}

Compiled compile(const std::string& source, const std::string& primitives, const std::string& architecture, bool as_ptx)
{
    return compile(source, Headers {{"kernelgen_primitives.cuh", primitives}}, architecture, as_ptx);
}

Compiled compile(
    const std::string& source, const Headers& headers, const std::string& architecture, bool as_ptx,
    const std::vector<std::string>& more_options)
{
    void* program = nullptr;
    std::vector<const char*> names;
    std::vector<const char*> texts;
    for (const auto& header : headers) {
        names.push_back(header.first.c_str());
        texts.push_back(header.second.c_str());
    }

    require(
        nvrtcCreateProgram(&program, source.c_str(), "kernel.cu", static_cast<int>(headers.size()), texts.data(), names.data()),
        "nvrtcCreateProgram");

    const std::string option = "--gpu-architecture=" + architecture;
    std::vector<const char*> options = {option.c_str(), "--std=c++17"};
    for (const std::string& more : more_options)
        options.push_back(more.c_str());
    Compiled compiled;
    compiled.result = nvrtcCompileProgram(program, static_cast<int>(options.size()), options.data());
    std::size_t bytes = 0;
    require(nvrtcGetProgramLogSize(program, &bytes), "nvrtcGetProgramLogSize");
    compiled.log.resize(bytes);
    require(nvrtcGetProgramLog(program, &compiled.log[0]), "nvrtcGetProgramLog");
    if (compiled.result == 0) {
        require(as_ptx ? nvrtcGetPTXSize(program, &bytes) : nvrtcGetCUBINSize(program, &bytes), "nvrtcGet*Size");
        compiled.image.resize(bytes);
        require(as_ptx ? nvrtcGetPTX(program, &compiled.image[0]) : nvrtcGetCUBIN(program, &compiled.image[0]), "nvrtcGet*");
    }

    require(nvrtcDestroyProgram(&program), "nvrtcDestroyProgram");
    return compiled;
}

void open_context()
{
    void* context = nullptr;
    require(cuInit(0), "cuInit");
    require(cuDevicePrimaryCtxRetain(&context, 0), "cuDevicePrimaryCtxRetain");
    require(cuCtxSetCurrent(context), "cuCtxSetCurrent");
}

void close_context()
{
    require(cuDevicePrimaryCtxRelease_v2(0), "cuDevicePrimaryCtxRelease");
    cuCtxSetCurrent(nullptr);
}

void Tally::check(bool holds, const std::string& what)
{
    (holds ? passed : failed)++;
    if (!holds)
        std::printf("FAILED: %s\n", what.c_str());
}

Tally& tally()
{
    static Tally instance;
    return instance;
}

} // namespace selftest
