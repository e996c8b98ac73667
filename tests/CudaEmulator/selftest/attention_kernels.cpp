// Reads the manifest, and compiles and loads its kernels.
#include "attention_kernels.hpp"
#include "gpu.hpp"

#include <algorithm>
#include <sstream>

namespace selftest {

namespace {

constexpr int maximum_dynamic_shared_bytes = 8; // CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES

Stage read_stage(std::string word)
{
    std::replace(word.begin(), word.end(), ':', ' ');
    std::istringstream parts(word);
    Stage stage;
    parts >> stage.entry >> stage.threads >> stage.shared_bytes >> stage.rows_per_block;
    for (std::string more; parts >> more;) {
        if (more == "merge")
            stage.merges = true;
        else if (more == "persistent")
            stage.persistent = true;
        else if (more.compare(0, 7, "cluster") == 0)
            stage.cluster_blocks = std::stoi(more.substr(7));
        else
            stage.boxes.push_back(static_cast<std::uint32_t>(std::stoul(more)));
    }

    return stage;
}

Kernel read_kernel(const std::string& line)
{
    std::istringstream words(line);
    Kernel kernel;
    words >> kernel.file >> kernel.family >> kernel.target >> kernel.element >> kernel.head_dim >> kernel.tile_rows >> kernel.tile_keys
        >> kernel.maximum_keys
        >> kernel.bytes_per_score >> kernel.tile_row_bytes;
    for (std::string word; words >> word;)
        kernel.stages.push_back(read_stage(word));
    return kernel;
}

// Puts another number of keys in the place of the chunk's.
void shorten_chunks(Kernel& kernel, std::string& source)
{
    const std::string declaration = "constexpr int chunk_keys = ";
    const std::size_t begin = source.find(declaration);
    if (begin == std::string::npos)
        return;

    // A materialized kernel adds up in the place of a chunk's probabilities, in fp32.
    const int least = kernel.family == "materialized"
        ? std::max(2 * kernel.tile_keys, 4 / kernel.bytes_per_score * kernel.head_dim)
        : 2 * kernel.tile_keys;
    kernel.chunk_keys = (least + kernel.tile_keys - 1) / kernel.tile_keys * kernel.tile_keys;
    const std::size_t number = begin + declaration.size();
    source.replace(number, source.find(';', number) - number, std::to_string(kernel.chunk_keys));
}

bool load(Kernel& kernel, const std::string& folder, bool general_masks, std::vector<void*>& functions)
{
    std::string source = read_file(folder + "/" + kernel.file);
    shorten_chunks(kernel, source);
    std::vector<std::string> options;
    if (general_masks)
        options.push_back("--define-macro=KERNELGEN_GENERAL_MASKS=1");
    const Compiled compiled = compile(source, headers_of(source, folder), kernel.target == "sm90a" ? "sm_90a" : "sm_80", false, options);
    tally().check(compiled.result == 0, kernel.file + (general_masks ? " with general masks" : "") + " does not compile:\n" + compiled.log);
    if (compiled.result != 0)
        return false;

    void* module = nullptr;
    require(cuModuleLoadData(&module, compiled.image.data()), "cuModuleLoadData");
    for (const Stage& stage : kernel.stages) {
        void* function = nullptr;
        require(cuModuleGetFunction(&function, module, stage.entry.c_str()), "cuModuleGetFunction");
        if (stage.shared_bytes > 48 * 1024)
            require(cuFuncSetAttribute(function, maximum_dynamic_shared_bytes, stage.shared_bytes), "cuFuncSetAttribute");
        functions.push_back(function);
    }

    return true;
}

} // namespace

std::vector<Kernel> read_manifest(const std::string& folder)
{
    std::vector<Kernel> kernels;
    std::istringstream manifest(read_file(folder + "/manifest.txt"));
    for (std::string line; std::getline(manifest, line);)
        kernels.push_back(read_kernel(line));
    return kernels;
}

bool load(Kernel& kernel, const std::string& folder)
{
    return load(kernel, folder, false, kernel.functions) && load(kernel, folder, true, kernel.masked_functions);
}

} // namespace selftest
