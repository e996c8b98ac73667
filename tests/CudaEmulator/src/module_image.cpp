#include "module_image.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

namespace emulator {

namespace {

// A driver is given no length: the header says how long each image is.
struct Header {
    char magic[8];
    std::uint32_t architecture;
    std::uint32_t exact;
    std::uint64_t bytes;
};

constexpr char cubin_magic[8] = {'\x7f', 'K', 'G', 'C', 'U', 'B', 'I', 'N'};
constexpr char ptx_magic[] = "// KernelGen emulated PTX ";

int architecture_number(const std::string& architecture)
{
    return std::atoi(architecture.c_str() + architecture.find('_') + 1);
}

} // namespace

std::string encode_cubin(const std::string& object, const std::string& architecture)
{
    Header header = {};
    std::memcpy(header.magic, cubin_magic, sizeof header.magic);
    header.architecture = static_cast<std::uint32_t>(architecture_number(architecture));
    header.exact = architecture.back() == 'a';
    header.bytes = object.size();
    return std::string(reinterpret_cast<const char*>(&header), sizeof header) + object;
}

std::string encode_ptx(const std::string& object, const std::string& architecture)
{
    static const char digits[] = "0123456789abcdef";
    std::string text = ptx_magic + std::to_string(architecture_number(architecture)) + "\n";
    for (const unsigned char byte : object) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }

    text += '\n';
    return text;
}

ModuleImage decode_image(const void* image)
{
    ModuleImage result;
    const char* text = static_cast<const char*>(image);
    if (std::memcmp(text, cubin_magic, sizeof cubin_magic) == 0) {
        Header header;
        std::memcpy(&header, text, sizeof header);
        result.architecture = static_cast<int>(header.architecture);
        result.is_exact = header.exact != 0;
        result.object.assign(text + sizeof header, header.bytes);
        return result;
    }

    if (std::strncmp(text, ptx_magic, sizeof ptx_magic - 1) != 0)
        return result;

    result.is_ptx = true;
    result.architecture = std::atoi(text + sizeof ptx_magic - 1);
    text = std::strchr(text, '\n');
    for (unsigned byte; text != nullptr && std::sscanf(++text, "%2x", &byte) == 1; text++)
        result.object += static_cast<char>(byte);
    return result;
}

std::string temporary_folder()
{
    const char* root = std::getenv("TMPDIR");
    const std::string folder =
        std::string(root != nullptr && *root != '\0' ? root : "/tmp") + "/kernelgen-cuda-emulator-" + std::to_string(getuid());
    mkdir(folder.c_str(), 0700);
    return folder;
}

void* open_object(const std::string& object, std::string& error)
{
    // A name of its own each time: the loader takes two files of one name for the same.
    std::string path = temporary_folder() + "/module-XXXXXX";
    const int file = mkstemp(&path[0]);
    if (file < 0) {
        error = "the emulator cannot write " + path;
        return nullptr;
    }

    const bool written = write(file, object.data(), object.size()) == static_cast<ssize_t>(object.size());
    close(file);
    void* library = written ? dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
    if (library == nullptr) {
        const char* reason = written ? dlerror() : nullptr;
        error = reason != nullptr ? reason : "the emulator cannot write " + path;
    }

    unlink(path.c_str());
    return library;
}

} // namespace emulator
